import { type Candidates, highestLogit } from "./candidates.ts";

/**
 * Draws one of the candidates by their probabilities, and returns its place; -1 where there is none that is possible.
 *
 * @param random - a random number from 0 to below 1
 */
export function draw(candidates: Candidates, random: number): number {
  const highest = highestLogit(candidates);
  if (!Number.isFinite(highest)) return -1;
  const weights = candidates.logits.map((logit) => Math.exp(logit - highest));
  const goal = random * weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.findIndex((weight) => {
    sum += weight;
    return weight > 0 && sum >= goal;
  });
}
