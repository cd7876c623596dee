import { NO_RANK, type PairTable } from "./pairs.ts";
import { UrgentPairs } from "./urgent-pairs.ts";

const NONE = -1;

/**
 * Merges a long run of symbols in the same order as `mergeShort`, in time that grows with the length alone.
 *
 * Every rank has a list of the positions whose pair has that rank. The lists are worked through from the lowest rank
 * up, each from left to right, so no heap has to hold the whole run. A merge can make a pair of a rank that is already
 * done or just being done: few are, and those wait in a heap that is emptied before anything else goes on.
 *
 * A position stays in a list when its pair is gone; it is then recognised by its rank having changed.
 */
export class LongMerger {
  readonly #pairs: PairTable;
  /** First and last entry of each rank's list. */
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  /** One bit per rank whose list has entries, and one per 32 of those. */
  readonly #filled: Int32Array;
  readonly #filledGroups: Int32Array;
  readonly #urgent = new UrgentPairs();
  /** The lists' entries: a position, and the next entry. Those behind `#free` are unused, and so is the list at `#freed`. */
  #positions = new Int32Array(0);
  #links = new Int32Array(0);
  #free = 0;
  #freed = NONE;
  /** Positions of the rank being worked on, in order. */
  #queue = new Int32Array(0);
  #symbols: Int32Array = new Int32Array(0);
  /** The symbols form a doubly linked list, for merges leave gaps. */
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  /** The slot in the pair table of each symbol and the next one, or -1. */
  #slots = new Int32Array(0);
  #rank = NONE;

  constructor(pairs: PairTable) {
    this.#pairs = pairs;
    this.#heads = new Int32Array(pairs.rankCount).fill(NONE);
    this.#tails = new Int32Array(pairs.rankCount);
    this.#filled = new Int32Array((pairs.rankCount >> 5) + 1);
    this.#filledGroups = new Int32Array((pairs.rankCount >> 10) + 1);
  }

  /**
   * @param symbols - the run, from index 0; changed in place
   * @param count - its length
   * @returns how many symbols are left
   */
  merge(symbols: Int32Array, count: number): number {
    this.#begin(symbols, count);
    for (let rank = this.#lowestRank(); rank !== NONE; rank = this.#lowestRank()) {
      this.#rank = rank;
      const length = this.#takeList(rank);
      for (let index = 0; index < length; index++) {
        const at = this.#queue[index] as number;
        this.#joinUrgent(rank, at);
        if (this.#rankAt(at) === rank) this.#join(at);
      }
      this.#joinUrgent(NO_RANK, 0);
    }
    let left = 0;
    for (let at = 0; at !== NONE; at = this.#next[at] as number) {
      symbols[left++] = symbols[at] as number;
    }
    this.#release();
    return left;
  }

  #begin(symbols: Int32Array, count: number): void {
    this.#symbols = symbols;
    this.#next = new Int32Array(count);
    this.#previous = new Int32Array(count);
    this.#slots = new Int32Array(count);
    this.#positions = new Int32Array(count + 64);
    this.#links = new Int32Array(count + 64);
    this.#rank = NONE;
    for (let at = 0; at < count; at++) {
      this.#next[at] = at + 1;
      this.#previous[at] = at - 1;
    }
    this.#next[count - 1] = NONE;
    for (let at = 0; at < count; at++) this.#rate(at);
  }

  /** Lets go of what grew with the run. */
  #release(): void {
    const none = new Int32Array(0);
    this.#symbols = none;
    this.#next = none;
    this.#previous = none;
    this.#slots = none;
    this.#positions = none;
    this.#links = none;
    this.#queue = none;
    this.#free = 0;
    this.#freed = NONE;
  }

  /** Joins a symbol and the next one, and rates the two pairs that the new symbol is part of. */
  #join(at: number): void {
    const gone = this.#next[at] as number;
    const after = this.#next[gone] as number;
    this.#symbols[at] = this.#pairs.merged[this.#slots[at] as number] as number;
    this.#slots[gone] = NONE;
    this.#next[at] = after;
    if (after !== NONE) this.#previous[after] = at;
    const before = this.#previous[at] as number;
    if (before !== NONE) this.#rate(before);
    this.#rate(at);
  }

  /** Looks up the pair of a symbol and the next one, and puts it where its turn will come. */
  #rate(at: number): void {
    const next = this.#next[at] as number;
    const symbols = this.#symbols;
    const slot =
      next === NONE ? NONE : this.#pairs.find(symbols[at] as number, symbols[next] as number);
    this.#slots[at] = slot;
    if (slot === NONE) return;
    const rank = this.#pairs.ranks[slot] as number;
    if (rank <= this.#rank) this.#urgent.push(rank, at);
    else this.#append(rank, at);
  }

  #rankAt(at: number): number {
    const slot = this.#slots[at] as number;
    return slot === NONE ? NO_RANK : (this.#pairs.ranks[slot] as number);
  }

  /** Joins the urgent pairs whose turn is before a rank and position. */
  #joinUrgent(rank: number, at: number): void {
    while (this.#urgent.isBefore(rank, at)) {
      const first = this.#urgent.rank;
      const position = this.#urgent.pop();
      if (this.#rankAt(position) === first) this.#join(position);
    }
  }

  #append(rank: number, at: number): void {
    const entry = this.#newEntry();
    this.#positions[entry] = at;
    this.#links[entry] = NONE;
    if (this.#heads[rank] === NONE) {
      this.#heads[rank] = entry;
      this.#filled[rank >> 5] = (this.#filled[rank >> 5] as number) | (1 << (rank & 31));
      const group = rank >> 10;
      this.#filledGroups[group] = (this.#filledGroups[group] as number) | (1 << ((rank >> 5) & 31));
    } else {
      this.#links[this.#tails[rank] as number] = entry;
    }
    this.#tails[rank] = entry;
  }

  #newEntry(): number {
    const freed = this.#freed;
    if (freed !== NONE) {
      this.#freed = this.#links[freed] as number;
      return freed;
    }
    if (this.#free === this.#positions.length) {
      this.#positions = doubled(this.#positions);
      this.#links = doubled(this.#links);
    }
    return this.#free++;
  }

  #lowestRank(): number {
    const groups = this.#filledGroups;
    for (let group = 0; group < groups.length; group++) {
      if (groups[group] === 0) continue;
      const word = (group << 5) | lowestBit(groups[group] as number);
      return (word << 5) | lowestBit(this.#filled[word] as number);
    }
    return NONE;
  }

  /** Empties a rank's list into the queue, sorted. Returns how many there are. */
  #takeList(rank: number): number {
    const head = this.#heads[rank] as number;
    this.#heads[rank] = NONE;
    this.#clearBit(rank);
    let length = 0;
    let isSorted = true;
    let last = NONE;
    for (let entry = head; entry !== NONE; entry = this.#links[entry] as number) {
      if (length === this.#queue.length) this.#queue = doubled(this.#queue);
      const at = this.#positions[entry] as number;
      if (at < last) isSorted = false;
      last = at;
      this.#queue[length++] = at;
    }
    this.#links[this.#tails[rank] as number] = this.#freed;
    this.#freed = head;
    if (!isSorted) this.#queue.subarray(0, length).sort();
    return length;
  }

  #clearBit(rank: number): void {
    const word = rank >> 5;
    const rest = (this.#filled[word] as number) & ~(1 << (rank & 31));
    this.#filled[word] = rest;
    if (rest !== 0) return;
    const group = word >> 5;
    this.#filledGroups[group] = (this.#filledGroups[group] as number) & ~(1 << (word & 31));
  }
}

function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length + 64);
  larger.set(array);
  return larger;
}
