// What our chat costs on top of llama.cpp, beside node-llama-cpp's own chat: on the CPU, with one thread.
import { createSequence, loadOurs, loadTheirs } from "./contestants.mjs";
import { compareDecoding, compareLateDecoding } from "./decoding.mjs";
import { compareAbort, compareFirstToken, compareSecondTurn } from "./latency.mjs";

/**
 * @param {{ quick: boolean }} options
 * @returns {AsyncGenerator<import("./report.mjs").Case>}
 */
export async function* run({ quick }) {
  const ours = await loadOurs();
  const model = await loadTheirs();
  const contestants = {
    ours,
    model,
    // With our settings, so that it shows what our layers cost; the session has those that its users get.
    raw: await createSequence(model, { flashAttention: false, batchSize: 128 }),
    chat: await createSequence(model),
  };
  const rounds = quick ? 3 : 12;
  try {
    yield await compareDecoding(contestants, { rounds });
    yield await compareLateDecoding(contestants, { rounds });
    yield await compareFirstToken(contestants, { rounds: quick ? 3 : 24 });
    yield await compareSecondTurn(contestants, { rounds });
    yield await compareAbort(contestants, { rounds });
  } finally {
    await ours.dispose();
    await model.llama.dispose();
  }
}
