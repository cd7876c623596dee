import { type Merges, NO_RANK } from "./merges.ts";

/** Above it, looking through all pairs for the best one costs more than the lists of `merge-long.ts`. */
export const SHORT = 40;

/** How early each symbol merges with the next one. */
const ranks = new Int32Array(SHORT);

/**
 * Merges a short run of symbols, in place: again and again the pair with the lowest rank, the leftmost of equals.
 *
 * @param merges - what merges
 * @param symbols - the run, from index 0
 * @param count - its length, at most {@link SHORT}
 * @returns how many symbols are left
 */
export function mergeShort({ rank, make }: Merges, symbols: Int32Array, count: number): number {
  const rate = (at: number): void => {
    ranks[at] = rank(symbols[at] as number, symbols[at + 1] as number);
  };
  for (let at = 0; at + 1 < count; at++) rate(at);
  let left = count;
  while (left > 1) {
    let best = NO_RANK;
    let at = -1;
    for (let index = 0; index + 1 < left; index++) {
      if ((ranks[index] as number) < best) {
        best = ranks[index] as number;
        at = index;
      }
    }
    if (at === -1) break;
    symbols[at] = make(symbols[at] as number, symbols[at + 1] as number);
    left--;
    for (let index = at + 1; index < left; index++) {
      symbols[index] = symbols[index + 1] as number;
      ranks[index] = ranks[index + 1] as number;
    }
    if (at > 0) rate(at - 1);
    if (at + 1 < left) rate(at);
  }
  return left;
}
