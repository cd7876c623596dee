import { type Candidates, highestLogit, pick } from "./candidates.ts";

/**
 * Drops the tokens less likely than the share `p` of the likeliest one's probability (min-p, Nguyen et al. 2024,
 * https://arxiv.org/abs/2407.01082). Keeps their order.
 *
 * @param p - 0 is off
 */
export function minP(candidates: Candidates, p: number): Candidates {
  if (p <= 0) return candidates;
  const { logits } = candidates;
  const highest = highestLogit(candidates);
  const lowest = Math.fround(highest + Math.fround(Math.log(Math.fround(p))));
  // The likeliest stays, whatever p is: nothing is left otherwise.
  const isKept = (logit: number) => logit >= lowest || logit === highest;
  const places = Array.from(logits.keys()).filter((place) => isKept(logits[place] ?? 0));
  return pick(candidates, places);
}
