/** Longer chunks are rare in text, and would push the others out. */
export const MAX_CACHED_UNITS = 40;

/** A chunk's ids must fit the eight bits that count them, and every one of its units can become three bytes. */
const MAX_CACHED_IDS = 255;

/** Less would be emptied more often than it is used. */
const MIN_BYTES = 1 << 14;

/**
 * Remembers the ids of chunks within a fixed budget of memory. When that is full it forgets everything: keeping count
 * of what was used would cost more than merging the common chunks once more.
 *
 * An entry is a header (units << 8 | ids), the units, then the ids, in one array. A slot is a hash and an entry's offset.
 */
export class ChunkCache {
  /** The entries. Offset 0 is never used, as it marks a free slot. */
  entries: Uint16Array = new Uint16Array(0);
  #slots = new Int32Array(0);
  #end = 1;
  #count = 0;

  /** @param bytes - the budget; too little for a cache means none */
  constructor(bytes: number) {
    if (bytes < MIN_BYTES) return;
    const slots = 2 ** Math.floor(Math.log2(bytes / 2 / 8));
    this.#slots = new Int32Array(2 * slots);
    this.entries = new Uint16Array((bytes - 8 * slots) >> 1);
  }

  /** The memory that it holds, full or not. */
  get bytes(): number {
    return this.entries.byteLength + this.#slots.byteLength;
  }

  /** The offset of a chunk's entry, or 0. The hash must be well mixed in its low bits. */
  find(units: Uint16Array, start: number, length: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 2;
    if (mask < 0) return 0;
    for (let slot = (hash << 1) & mask; ; slot = (slot + 2) & mask) {
      const offset = slots[slot + 1] as number;
      if (offset === 0) return 0;
      if (slots[slot] === hash && this.#holds(offset, units, start, length)) return offset;
    }
  }

  #holds(offset: number, units: Uint16Array, start: number, length: number): boolean {
    const entries = this.entries;
    if ((entries[offset] as number) >> 8 !== length) return false;
    for (let at = 0; at < length; at++) {
      if (entries[offset + 1 + at] !== units[start + at]) return false;
    }
    return true;
  }

  /** Remembers the ids of a chunk that is not there yet. */
  add(
    units: Uint16Array,
    start: number,
    length: number,
    hash: number,
    ids: Int32Array,
    idStart: number,
    idEnd: number,
  ): void {
    const count = idEnd - idStart;
    const slots = this.#slots;
    if (slots.length === 0 || count > MAX_CACHED_IDS) return;
    const isFull = 4 * this.#count >= slots.length;
    if (isFull || this.#end + 1 + length + count > this.entries.length) this.#clear();
    const entries = this.entries;
    const offset = this.#end;
    entries[offset] = (length << 8) | count;
    for (let at = 0; at < length; at++) entries[offset + 1 + at] = units[start + at] as number;
    for (let at = 0; at < count; at++) {
      entries[offset + 1 + length + at] = ids[idStart + at] as number;
    }
    this.#end = offset + 1 + length + count;
    this.#count++;
    const mask = slots.length - 2;
    let slot = (hash << 1) & mask;
    while (slots[slot + 1] !== 0) slot = (slot + 2) & mask;
    slots[slot] = hash;
    slots[slot + 1] = offset;
  }

  #clear(): void {
    this.#slots.fill(0);
    this.#end = 1;
    this.#count = 0;
  }
}
