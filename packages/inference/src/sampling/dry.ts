import { type Candidates, withLogits } from "./candidates.ts";
import type { DryParameters } from "./nested-parameters.ts";

/**
 * Token sequences that end a repetition: by their first token, what may come after it. A breaker that is a single
 * token has nothing after it.
 */
export type Breakers = ReadonlyMap<number, readonly (readonly number[])[]>;

/** The logarithm of the largest 32-bit number: llama.cpp keeps the penalty finite by it. */
const LARGEST_EXPONENT = 88.7228391;

/**
 * What "don't repeat yourself" (p-e-w, https://github.com/oobabooga/text-generation-webui/pull/5677) takes from each
 * token's logit: `multiplier * base ** (length - allowedLength)`, where the token would go on with a sequence of
 * `length` tokens that the text ends with and that occurred before.
 *
 * For `a b c x a b`, `c` would go on with `a b`, which is 2 tokens long.
 *
 * @param history - the prompt and the tokens generated
 */
export function dryPenalties(
  history: ArrayLike<number>,
  dry: DryParameters,
  breakers: Breakers,
): Map<number, number> {
  const penalties = new Map<number, number>();
  const { allowedLength, multiplier, base, window } = dry;
  const size = Math.min(history.length, window);
  if (size <= allowedLength) return penalties;
  /** The text backwards: 0 is its last token. */
  const back = (distance: number) => history[history.length - 1 - distance] ?? -1;

  const limit = distanceToBreaker(back, size, breakers);
  if (limit < allowedLength) return penalties;
  const repeats = repeatLengths(back, size);

  const largest = base > 1.000001 ? Math.trunc(LARGEST_EXPONENT / Math.log(base)) : 0;
  for (let distance = 1; distance < size; distance++) {
    const length = Math.min(repeats[distance] ?? 0, limit);
    const next = back(distance - 1);
    const isBreaker = breakers.get(next)?.some((tail) => tail.length === 0) ?? false;
    if (length < allowedLength || isBreaker) continue;
    const excess = length - allowedLength;
    const exponent = largest > 0 ? Math.min(excess, largest) : excess;
    const penalty = multiplier * base ** exponent;
    penalties.set(next, Math.max(penalties.get(next) ?? 0, penalty));
  }
  return penalties;
}

/** Takes the penalties from the logits. */
export function applyDry(
  candidates: Candidates,
  penalties: ReadonlyMap<number, number>,
): Candidates {
  if (penalties.size === 0) return candidates;
  const { ids, logits } = candidates;
  const changed = logits.map((logit, index) => logit - (penalties.get(ids[index] ?? -1) ?? 0));
  return withLogits(candidates, changed, false);
}

/** How many of the last tokens come after the last breaker: a repetition is no longer than that. */
function distanceToBreaker(
  back: (distance: number) => number,
  size: number,
  breakers: Breakers,
): number {
  for (let distance = 0; distance < size; distance++) {
    const tails = breakers.get(back(distance));
    if (!tails) continue;
    const lengths = tails
      .filter((tail) => tail.length <= distance)
      .filter((tail) => tail.every((token, place) => token === back(distance - place - 1)))
      .map((tail) => tail.length);
    if (lengths.length > 0) return distance - Math.max(...lengths);
  }
  return size;
}

/**
 * For each distance from the end, how many tokens up to there are those that the text ends with: the Z-algorithm
 * on the text backwards, linear in its length (https://ivanyu.me/blog/2014/10/15/z-algorithm/).
 *
 * Unlike llama.cpp's, it does not limit the lengths while it computes with them; its caller does, after it.
 */
function repeatLengths(back: (distance: number) => number, size: number): Int32Array {
  const lengths = new Int32Array(size);
  let left = 0;
  let right = 0;
  for (let distance = 1; distance < size; distance++) {
    let length = distance < right ? Math.min(right - distance, lengths[distance - left] ?? 0) : 0;
    while (distance + length < size && back(length) === back(distance + length)) length++;
    lengths[distance] = length;
    if (distance + length > right) {
      left = distance;
      right = distance + length;
    }
  }
  return lengths;
}
