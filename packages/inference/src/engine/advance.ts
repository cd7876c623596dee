import type { Share } from "./batch.ts";

/**
 * Has each job of a batch sample its next token: alone until one of them has, the others at once. llama.cpp puts a
 * batch's outputs in order when one of them is asked for, and two threads that do so at once mix them up.
 */
export async function advance(
  shares: readonly Share[],
  logitIndexes: readonly number[],
): Promise<void> {
  const jobs = shares
    .map(({ job }, index) => ({ job, logitIndex: logitIndexes[index] ?? -1 }))
    .sort((a, b) => b.logitIndex - a.logitIndex); // those without logits last
  for (;;) {
    const next = jobs.shift();
    // One that has ended meanwhile asks for nothing, and one that fails may not have come to it.
    if (!next || (await next.job.advance(next.logitIndex))) break;
  }
  await Promise.all(jobs.map(({ job, logitIndex }) => job.advance(logitIndex)));
}
