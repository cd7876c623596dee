import { TokenizerError } from "./error.ts";
import { HASH_BASE, merges, NORMAL, type PieceList } from "./pieces.ts";

/** The rank of two symbols that do not merge: behind every other. */
export const NO_RANK = 0x7fffffff;

/** Llama 2 has 61,249. A file can make far more from a few pieces, and each takes 32 bytes here. */
const MAX_PAIRS = 1 << 20;

/** A symbol is written as 16 bits, so that a pair of them is one integer. The last one would make the key -1. */
export const MAX_SYMBOLS = 0xffff;

const FREE = -1;

/** Which two symbols merge, into what, and how early: a hash table in typed arrays. */
export class PairTable {
  /** What the pair in a slot merges into. */
  merged: Uint16Array = new Uint16Array(0);
  /** Low ranks merge first. */
  ranks: Int32Array = new Int32Array(0);
  /** One more than the highest rank. */
  rankCount = 0;
  #keys: Int32Array = new Int32Array(0);
  #shift = 0;
  #list: Int32Array = new Int32Array(3 << 16);
  #count = 0;

  /** Notes a pair. To be followed by {@link build}. */
  add(left: number, right: number, merged: number, rank: number): void {
    const at = 3 * this.#count++;
    if (this.#count > MAX_PAIRS) {
      throw new TokenizerError(
        "LIMIT_EXCEEDED",
        `the pieces merge from more than ${MAX_PAIRS} pairs: this is no Llama's vocabulary.`,
      );
    }
    if (at + 3 > this.#list.length) {
      const list = new Int32Array(2 * this.#list.length);
      list.set(this.#list);
      this.#list = list;
    }
    this.#list[at] = (left << 16) | right;
    this.#list[at + 1] = merged;
    this.#list[at + 2] = rank;
    if (rank >= this.rankCount) this.rankCount = rank + 1;
  }

  /** Makes the table. Of two notes of one pair, the first counts. */
  build(): void {
    let bits = 10;
    while (1 << bits < 2 * this.#count) bits++;
    this.#shift = 32 - bits;
    this.#keys = new Int32Array(1 << bits).fill(FREE);
    this.merged = new Uint16Array(1 << bits);
    this.ranks = new Int32Array(1 << bits);
    for (let at = 0; at < 3 * this.#count; at += 3) {
      const key = this.#list[at] as number;
      let slot = this.#home(key);
      while (this.#keys[slot] !== FREE && this.#keys[slot] !== key) slot = this.#next(slot);
      if (this.#keys[slot] === key) continue;
      this.#keys[slot] = key;
      this.merged[slot] = this.#list[at + 1] as number;
      this.ranks[slot] = this.#list[at + 2] as number;
    }
    this.#list = new Int32Array(0);
  }

  /** The slot of a pair, or -1 if the two do not merge. */
  find(left: number, right: number): number {
    const key = (left << 16) | right;
    const keys = this.#keys;
    const mask = keys.length - 1;
    for (let slot = Math.imul(key, 0x9e3779b1) >>> this.#shift; ; slot = (slot + 1) & mask) {
      const found = keys[slot] as number;
      if (found === key) return slot;
      if (found === FREE) return -1;
    }
  }

  #home(key: number): number {
    return Math.imul(key, 0x9e3779b1) >>> this.#shift;
  }

  #next(slot: number): number {
    return (slot + 1) & (this.#keys.length - 1);
  }
}

/**
 * All pairs by which SentencePiece makes the pieces: each piece, cut wherever both sides are pieces too. The higher a
 * piece's score, the earlier its pairs merge; pieces with one score have one rank.
 *
 * @param pieces - the vocabulary, with its {@link UNLISTED} characters
 * @param scores - by id
 */
export function pairsByScore(pieces: PieceList, scores: Float32Array): PairTable {
  const ranks = rankByScore(pieces, scores);
  const pairs = new PairTable();
  const { units, starts, kinds } = pieces;
  const powers = [1];
  const prefixes: number[] = [];
  for (let id = 0; id < pieces.size; id++) {
    if (kinds[id] !== NORMAL) continue;
    const start = starts[id] as number;
    const length = (starts[id + 1] as number) - start;
    let hash = 0;
    for (let cut = 0; cut < length; cut++) {
      prefixes[cut] = hash;
      hash = (Math.imul(hash, HASH_BASE) + (units[start + cut] as number)) | 0;
      powers[cut + 1] ??= Math.imul(powers[cut] as number, HASH_BASE);
    }
    for (let cut = 1; cut < length; cut++) {
      const before = prefixes[cut] as number;
      const left = pieces.find(units, start, start + cut, before);
      if (left === -1 || !merges(kinds[left])) continue;
      const after = (hash - Math.imul(before, powers[length - cut] as number)) | 0;
      const right = pieces.find(units, start + cut, start + length, after);
      if (right === -1 || !merges(kinds[right])) continue;
      pairs.add(left, right, id, ranks[id] as number);
    }
  }
  pairs.build();
  return pairs;
}

/** Numbers the scores of normal pieces from the highest down. */
function rankByScore(pieces: PieceList, scores: Float32Array): Int32Array {
  const own = new Float32Array(pieces.size);
  let count = 0;
  // Negated, as typed arrays sort upwards; and plus zero, which makes -0 equal to 0 as it is to SentencePiece.
  for (let id = 0; id < pieces.size; id++) {
    if (pieces.kinds[id] === NORMAL) own[count++] = -(scores[id] as number) + 0;
  }
  const sorted = own.subarray(0, count).slice().sort();
  let distinct = 0;
  for (let at = 0; at < count; at++) {
    if (at === 0 || sorted[at] !== sorted[at - 1]) sorted[distinct++] = sorted[at] as number;
  }
  const ranks = new Int32Array(pieces.size);
  for (let id = 0, at = 0; id < pieces.size; id++) {
    if (pieces.kinds[id] === NORMAL) ranks[id] = indexIn(sorted, distinct, own[at++] as number);
  }
  return ranks;
}

function indexIn(sorted: Float32Array, length: number, value: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
