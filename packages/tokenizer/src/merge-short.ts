import { NO_RANK, type PairTable } from "./pairs.ts";

/** Above it, looking through all pairs for the best one costs more than the lists of `merge-long.ts`. */
export const SHORT = 40;

const ranks = new Int32Array(SHORT);
const merged = new Int32Array(SHORT);

/**
 * Merges a short run of symbols, in place: again and again the pair with the lowest rank, the leftmost of equals.
 *
 * @param pairs - what merges
 * @param symbols - the run, from index 0
 * @param count - its length, at most {@link SHORT}
 * @returns how many symbols are left
 */
export function mergeShort(pairs: PairTable, symbols: Int32Array, count: number): number {
  for (let at = 0; at + 1 < count; at++) rate(pairs, symbols, at);
  let left = count;
  while (left > 1) {
    let best = NO_RANK;
    let at = -1;
    for (let index = 0; index + 1 < left; index++) {
      const rank = ranks[index] as number;
      if (rank < best) {
        best = rank;
        at = index;
      }
    }
    if (at === -1) break;
    symbols[at] = merged[at] as number;
    left--;
    for (let index = at + 1; index < left; index++) {
      symbols[index] = symbols[index + 1] as number;
      ranks[index] = ranks[index + 1] as number;
      merged[index] = merged[index + 1] as number;
    }
    if (at > 0) rate(pairs, symbols, at - 1);
    if (at + 1 < left) rate(pairs, symbols, at);
  }
  return left;
}

/** Notes how early a symbol merges with the next one, and into what. */
function rate(pairs: PairTable, symbols: Int32Array, at: number): void {
  const slot = pairs.find(symbols[at] as number, symbols[at + 1] as number);
  if (slot === -1) {
    ranks[at] = NO_RANK;
    return;
  }
  ranks[at] = pairs.ranks[slot] as number;
  merged[at] = pairs.merged[slot] as number;
}
