import { type Candidates, slice, softmax, sortCandidates } from "./candidates.ts";

/**
 * Keeps the likeliest tokens until their probabilities add up to `p`, sorted; at least one (nucleus sampling,
 * Holtzman et al. 2019, https://arxiv.org/abs/1904.09751).
 *
 * @param p - 1 is off
 */
export function topP(candidates: Candidates, p: number): Candidates {
  if (p >= 1) return candidates;
  const sorted = sortCandidates(candidates);
  const probabilities = softmax(sorted);
  const wanted = Math.fround(p);
  let sum = 0;
  const last = probabilities.findIndex((probability) => {
    sum = Math.fround(sum + probability);
    return sum >= wanted;
  });
  return last < 0 ? sorted : slice(sorted, 0, last + 1);
}
