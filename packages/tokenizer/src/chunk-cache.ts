/** Longer chunks are rare in text, and would push the others out. */
export const MAX_CACHED_UNITS = 40;

/** Less would be emptied more often than it is used. */
export const MIN_CACHE_BYTES: number = 1 << 14;

/** A chunk's ids must fit the eight bits that count them, and every one of its units can become three bytes. */
const MAX_CACHED_IDS = 255;

/** The ids of chunks that were met before. */
export interface ChunkCache {
  /** All of its memory, full or not. */
  readonly memory: ArrayBuffer;
  /**
   * Puts the ids of a chunk into an array.
   *
   * @param units - hold the chunk
   * @param start - where it begins
   * @param length - how many units it has, at most {@link MAX_CACHED_UNITS}
   * @param hash - of the units, well mixed in its low bits
   * @param ids - gets the ids
   * @param at - where
   * @returns where they end, or -1 if the chunk is unknown
   */
  recall(
    units: Uint16Array,
    start: number,
    length: number,
    hash: number,
    ids: Int32Array,
    at: number,
  ): number;
  /** Remembers the ids of a chunk that is not there yet. */
  remember(
    units: Uint16Array,
    start: number,
    length: number,
    hash: number,
    ids: Int32Array,
    from: number,
    to: number,
  ): void;
}

/**
 * Remembers the ids of chunks within a fixed budget of memory. When that is full it forgets everything: keeping count
 * of what was used would cost more than merging the common chunks once more.
 *
 * An entry is a header (units << 8 | ids), the units, then the ids, in one array. A slot is an entry's offset.
 *
 * @param bytes - the budget, at least {@link MIN_CACHE_BYTES}
 */
export function makeChunkCache(bytes: number): ChunkCache {
  const memory = new ArrayBuffer(bytes & -8);
  // Offsets of entries: between an eighth and a quarter of the memory, and a power of two.
  const slots = new Int32Array(memory, 0, 2 ** (27 - Math.clz32(bytes)));
  // Offset 0 is never used, as it marks a free slot.
  const entries = new Uint16Array(memory, slots.byteLength);
  const mask = slots.length - 1;
  let end = 1;
  let count = 0;

  const holds = (offset: number, units: Uint16Array, start: number, length: number): boolean => {
    if ((entries[offset] as number) >> 8 !== length) return false;
    for (let at = 0; at < length; at++) {
      if (entries[offset + 1 + at] !== units[start + at]) return false;
    }
    return true;
  };

  return {
    memory,
    recall(units, start, length, hash, ids, at) {
      for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
        const offset = slots[slot] as number;
        if (offset === 0) return -1;
        if (!holds(offset, units, start, length)) continue;
        const first = offset + 1 + length;
        const idCount = (entries[offset] as number) & 0xff;
        for (let index = 0; index < idCount; index++) {
          ids[at + index] = entries[first + index] as number;
        }
        return at + idCount;
      }
    },
    remember(units, start, length, hash, ids, from, to) {
      if (to - from > MAX_CACHED_IDS) return;
      if (2 * count >= slots.length || end + length + to - from >= entries.length) {
        slots.fill(0);
        end = 1;
        count = 0;
      }
      let slot = hash & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = end;
      entries[end++] = (length << 8) | (to - from);
      // Views of arrays would take longer to make than so few items to copy.
      for (let at = 0; at < length; at++) entries[end++] = units[start + at] as number;
      for (let at = from; at < to; at++) entries[end++] = ids[at] as number;
      count++;
    },
  };
}
