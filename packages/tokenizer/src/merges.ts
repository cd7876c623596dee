/** The rank of two symbols that do not merge: behind every other. */
export const NO_RANK = 0x7fffffff;

/** Texts ask for the same pairs again and again; of the pairs there can be, a few thousand are common. */
const SLOT_BITS = 16;

/** Which two symbols merge, into what, and how early. */
export interface Merges {
  /** How early two symbols merge: low ranks first. {@link NO_RANK} if they do not. */
  readonly rank: (left: number, right: number) => number;
  /** The symbol that two symbols make which merge. */
  readonly make: (left: number, right: number) => number;
}

/**
 * Remembers which pairs merge. A pair has one slot, and takes it from the pair that had it before: so little memory is
 * enough, and there is nothing to make when a vocabulary is loaded.
 *
 * @param find - finds the number of two symbols' merge, or -1
 * @param ranks - how early each is made, by number
 * @param made - what each makes, by number
 */
export function rememberMerges(
  find: (left: number, right: number) => number,
  ranks: Int32Array,
  made: ArrayLike<number>,
): Merges {
  // No pair has the key -1.
  const keys = new Int32Array(1 << SLOT_BITS).fill(-1);
  const foundRanks = new Int32Array(1 << SLOT_BITS);
  const foundSymbols = new Uint16Array(1 << SLOT_BITS);
  const slotOf = (left: number, right: number): number => {
    const key = (left << 16) | right;
    const slot = Math.imul(key, 0x9e3779b1) >>> (32 - SLOT_BITS);
    if (keys[slot] !== key) {
      const merge = find(left, right);
      foundRanks[slot] = merge === -1 ? NO_RANK : (ranks[merge] as number);
      foundSymbols[slot] = made[merge] as number;
      keys[slot] = key;
    }
    return slot;
  };
  return {
    rank: (left, right) => foundRanks[slotOf(left, right)] as number,
    make: (left, right) => foundSymbols[slotOf(left, right)] as number,
  };
}
