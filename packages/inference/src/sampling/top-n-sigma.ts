import { type Candidates, highestLogit, withLogits } from "./candidates.ts";

/**
 * Drops the tokens whose logit is more than `n` standard deviations below the highest one (top-nσ, Tang et al. 2024,
 * https://arxiv.org/abs/2411.07641). As in llama.cpp, what is dropped stays among the candidates as impossible, and
 * what was impossible before does not count for the deviation.
 *
 * @param n - 0 is off
 */
export function topNSigma(candidates: Candidates, n: number): Candidates {
  const { logits, sorted } = candidates;
  if (n <= 0 || logits.length <= 1) return candidates;
  let sum = 0;
  let count = 0;
  for (const logit of logits) {
    if (logit === Number.NEGATIVE_INFINITY) continue;
    sum += logit;
    count++;
  }
  const mean = sum / count;
  let squares = 0;
  for (const logit of logits) {
    if (logit !== Number.NEGATIVE_INFINITY) squares += (logit - mean) ** 2;
  }
  const lowest = Math.fround(highestLogit(candidates) - n * Math.sqrt(squares / count));
  const kept = logits.map((logit) => (logit < lowest ? Number.NEGATIVE_INFINITY : logit));
  return withLogits(candidates, kept, sorted);
}
