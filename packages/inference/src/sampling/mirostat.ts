import { type Candidates, slice, softmax, sortCandidates } from "./candidates.ts";
import { draw } from "./draw.ts";
import type { MirostatParameters } from "./nested-parameters.ts";

/** What Mirostat takes from one token to the next: the surprise in bits that a token may have. */
export type MirostatBound = number;

/** The bound before the first token. */
export function firstMirostatBound({ tau }: MirostatParameters): MirostatBound {
  return 2 * tau;
}

/** The tokens that are no more surprising than the bound, sorted; at least one. */
export function boundSurprise(candidates: Candidates, bound: MirostatBound): Candidates {
  const sorted = sortCandidates(candidates);
  const end = softmax(sorted).findIndex((probability) => -Math.log2(probability) > bound);
  return end < 0 ? sorted : slice(sorted, 0, Math.max(1, end));
}

/**
 * Mirostat 2 (Basu et al. 2021, https://arxiv.org/abs/2007.14966): draws among the tokens that are no more
 * surprising than a bound, and moves the bound so that the surprise of the tokens drawn comes to `tau` bits.
 *
 * @param random - draws a number from 0 to below 1. Not called where one token is left, as in llama.cpp
 * @returns the token's place among the candidates that are left, and the bound for the next token
 */
export function mirostat(
  candidates: Candidates,
  { tau, eta }: MirostatParameters,
  bound: MirostatBound,
  random: () => number,
): { readonly left: Candidates; readonly place: number; readonly bound: MirostatBound } {
  const left = boundSurprise(candidates, bound);
  const place = draw(left, left.ids.length < 2 ? 0 : random());
  if (place < 0) return { left, place, bound };
  const surprise = -Math.log2(softmax(left)[place] ?? 1);
  return { left, place, bound: bound - eta * (surprise - tau) };
}
