/** The rank of two symbols that do not merge: behind every other. */
export const NO_RANK: number = 0x7fffffff;

/** Texts ask for the same pairs again and again; of the pairs there can be, a few thousand are common. */
const SLOT_BITS = 16;

/** Which two symbols merge, into what, and how early. A merge has a number. */
export interface Merges {
  /** The symbol that each makes. */
  readonly made: Uint16Array;
  /** How early it is made: low ranks first. */
  readonly ranks: Int32Array;
  /** The number of two symbols' merge, or -1. */
  readonly find: (left: number, right: number) => number;
}

/**
 * Remembers what was found. A pair has one slot, and takes it from the pair that had it before: so little memory is
 * enough, and there is nothing to make when a vocabulary is loaded.
 */
export function remembered(find: Merges["find"]): Merges["find"] {
  // No pair has the key -1.
  const keys = new Int32Array(1 << SLOT_BITS).fill(-1);
  const found = new Int32Array(1 << SLOT_BITS);
  return (left, right) => {
    const key = (left << 16) | right;
    const slot = Math.imul(key, 0x9e3779b1) >>> (32 - SLOT_BITS);
    if (keys[slot] !== key) {
      found[slot] = find(left, right);
      keys[slot] = key;
    }
    return found[slot] as number;
  };
}
