import { type Candidates, slice, sortCandidates } from "./candidates.ts";

/**
 * Keeps the `k` likeliest tokens, sorted (Fan et al. 2018, https://arxiv.org/abs/1805.04833).
 *
 * @param k - 0 is off
 */
export function topK(candidates: Candidates, k: number): Candidates {
  return k <= 0 ? candidates : slice(sortCandidates(candidates), 0, k);
}
