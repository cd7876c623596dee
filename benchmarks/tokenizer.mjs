// How fast text becomes ids, and ids text; how long that takes in a new process; what it weighs.

import { compareIds } from "./tokenizer/agreement.mjs";
import { compareColdStart } from "./tokenizer/cold-start.mjs";
import { loadContestants, ours } from "./tokenizer/contestants.mjs";
import { compareDecoding, compareStreaming } from "./tokenizer/decoding.mjs";
import { compareEncoding } from "./tokenizer/encoding.mjs";
import { measureGrowth } from "./tokenizer/growth.mjs";
import { measureMemory } from "./tokenizer/memory.mjs";
import { writeModelFiles } from "./tokenizer/model-files.mjs";
import { measureSizes } from "./tokenizer/sizes.mjs";

/**
 * @param {{ quick: boolean }} options
 * @returns {AsyncGenerator<import("./report.mjs").Case | import("./report.mjs").Table>}
 */
export async function* run({ quick }) {
  const { folder, remove } = await writeModelFiles();
  const contestants = await loadContestants(folder);
  try {
    yield await compareIds(contestants);
    yield* compareEncoding(contestants, { quick });
    yield measureGrowth(contestants[ours], { quick });
    yield await compareDecoding(contestants, { rounds: quick ? 3 : 10 });
    yield await compareStreaming(contestants, { rounds: quick ? 3 : 10 });
    yield* compareColdStart(folder, quick ? { rounds: 2, warmUp: 0 } : { rounds: 5, warmUp: 1 });
    yield measureMemory({ quick });
    yield await measureSizes(folder);
  } finally {
    for (const { dispose } of Object.values(contestants)) await dispose?.();
    await remove();
  }
}
