import { type Candidates, likeliestFirst, pick, softmax } from "./candidates.ts";

/**
 * Keeps the likeliest tokens until their probabilities add up to `p`, sorted; at least one (nucleus sampling,
 * Holtzman et al. 2019, https://arxiv.org/abs/1904.09751).
 *
 * @param p - 1 is off
 */
export function topP(candidates: Candidates, p: number): Candidates {
  if (p >= 1) return candidates;
  // As llama.cpp: of the order they come in, since 32-bit sums depend on that.
  const probabilities = softmax(candidates);
  const places = likeliestFirst(candidates);
  const wanted = Math.fround(p);
  let sum = 0;
  const last = places.findIndex((place) => {
    sum = Math.fround(sum + (probabilities[place] ?? 0));
    return sum >= wanted;
  });
  const kept = last < 0 ? places : places.slice(0, last + 1);
  return { ...pick(candidates, kept), sorted: true };
}
