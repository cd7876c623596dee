import { type Candidates, entropyOf, pick, softmax, sortCandidates } from "./candidates.ts";

/**
 * Keeps the tokens whose surprise is nearest to the entropy, that is to the surprise to be expected, until their
 * probabilities add up to more than `p` (locally typical sampling, Meister et al. 2022,
 * https://arxiv.org/abs/2202.00666). The most typical comes first.
 *
 * llama.cpp's entropy is no number where a token is impossible, and then it keeps any tokens; ours is one.
 *
 * @param p - 1 is off
 */
export function typicalP(candidates: Candidates, p: number): Candidates {
  if (p >= 1) return candidates;
  const sorted = sortCandidates(candidates);
  const probabilities = softmax(sorted);
  const entropy = Math.fround(entropyOf(probabilities));
  const distances = probabilities.map((probability) => Math.abs(-Math.log(probability) - entropy));
  const places = Array.from(distances.keys()).sort(
    (a, b) => (distances[a] ?? 0) - (distances[b] ?? 0) || a - b,
  );
  const wanted = Math.fround(p);
  let sum = 0;
  const last = places.findIndex((place) => {
    sum = Math.fround(sum + (probabilities[place] ?? 0));
    return sum > wanted;
  });
  const kept = last < 0 ? places : places.slice(0, last + 1);
  return { ...pick(sorted, kept), sorted: false };
}
