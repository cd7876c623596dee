import { type Merges, NO_RANK } from "./merges.ts";

/**
 * Merges a long run of symbols in the same order as `mergeShort`, in time that grows with the length alone.
 *
 * Every rank has a list of the positions whose pair has that rank. The lists are worked through from the lowest rank
 * up, each from left to right, so no heap has to hold the whole run. A merge can
 * make a pair of a rank that was already done, or of the rank being done. That pair is to the left of all that is
 * still to do, and is merged before anything else. As it makes a longer piece each time, this goes no deeper than a
 * piece is long.
 *
 * A position stays in a list when its pair is gone; it is then recognised by its rank having changed.
 *
 * @param merges - what merges
 * @param symbols - the run, from index 0; changed in place
 * @param count - its length
 * @returns how many symbols are left
 */
export function mergeLong({ rank, make }: Merges, symbols: Int32Array, count: number): number {
  // The symbols form a doubly linked list, for merges leave gaps.
  const next = new Int32Array(count);
  const previous = new Int32Array(count + 1);
  // The rank of each symbol and the next one.
  const ranks = new Int32Array(count);
  const lists = new Map<number, number[]>();
  // The ranks that have a list, the lowest last.
  const waiting: number[] = [];

  const rate = (at: number): void => {
    const right = next[at] as number;
    const own = right < count ? rank(symbols[at] as number, symbols[right] as number) : NO_RANK;
    ranks[at] = own;
    if (own === NO_RANK) return;
    const list = lists.get(own);
    if (list) list.push(at);
    else {
      lists.set(own, [at]);
      insert(waiting, own);
    }
  };

  const mergeUpTo = (limit: number): void => {
    while (waiting.length > 0 && (waiting[waiting.length - 1] as number) <= limit) {
      const lowest = waiting.pop() as number;
      const list = sorted(lists.get(lowest) as number[]);
      lists.delete(lowest);
      for (let index = 0; index < list.length; index++) {
        const at = list[index] as number;
        if (ranks[at] !== lowest) continue;
        const gone = next[at] as number;
        const right = next[gone] as number;
        symbols[at] = make(symbols[at] as number, symbols[gone] as number);
        ranks[gone] = NO_RANK;
        next[at] = right;
        previous[right] = at;
        if (at > 0) rate(previous[at] as number);
        rate(at);
        mergeUpTo(lowest);
      }
    }
  };

  for (let at = 0; at < count; at++) {
    next[at] = at + 1;
    previous[at] = at - 1;
    rate(at);
  }
  mergeUpTo(NO_RANK);
  let left = 0;
  for (let at = 0; at < count; at = next[at] as number) symbols[left++] = symbols[at] as number;
  return left;
}

/** Positions come in order for the most part, and then need no sorting. */
function sorted(list: number[]): ArrayLike<number> {
  for (let index = 1; index < list.length; index++) {
    if ((list[index] as number) < (list[index - 1] as number)) return Int32Array.from(list).sort();
  }
  return list;
}

/** Puts a rank into its place in a descending list. */
function insert(ranks: number[], rank: number): void {
  let low = 0;
  let high = ranks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranks[middle] as number) > rank) low = middle + 1;
    else high = middle;
  }
  ranks.splice(low, 0, rank);
}
