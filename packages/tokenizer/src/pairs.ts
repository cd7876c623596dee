import { TokenizerError } from "./error.ts";
import { MAX_NORMAL_UNITS, MAX_PAIRS, MAX_PIECES } from "./limits.ts";
import { HASH_BASE, hashUnits, merges, NORMAL, type PieceList } from "./pieces.ts";

/** The rank of two symbols that do not merge: behind every other. */
export const NO_RANK = 0x7fffffff;

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
  const powers = new Int32Array(MAX_NORMAL_UNITS + 1);
  powers[0] = 1;
  for (let at = 1; at < powers.length; at++) {
    powers[at] = Math.imul(powers[at - 1] as number, HASH_BASE);
  }
  for (let id = 0; id < pieces.size; id++) {
    if (pieces.kinds[id] === NORMAL) addPairsOf(id, pieces, powers, ranks[id] as number, pairs);
  }
  pairs.build();
  return pairs;
}

function addPairsOf(
  id: number,
  pieces: PieceList,
  powers: Int32Array,
  rank: number,
  pairs: PairTable,
): void {
  const { units, kinds } = pieces;
  const start = pieces.starts[id] as number;
  const end = pieces.starts[id + 1] as number;
  const whole = hashUnits(units, start, end);
  let before = 0;
  for (let cut = start + 1; cut < end; cut++) {
    before = (Math.imul(before, HASH_BASE) + (units[cut - 1] as number)) | 0;
    const left = pieces.find(units, start, cut, before);
    if (left === -1 || !merges(kinds[left])) continue;
    const after = (whole - Math.imul(before, powers[end - cut] as number)) | 0;
    const right = pieces.find(units, cut, end, after);
    if (right !== -1 && merges(kinds[right])) pairs.add(left, right, id, rank);
  }
}

/** Numbers the scores of normal pieces from the highest down. */
function rankByScore(pieces: PieceList, scores: Float32Array): Int32Array {
  const ranks = new Int32Array(pieces.size);
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  // A score and an id in one number, because typed arrays sort numbers far faster than a callback compares pieces.
  const keys = new Float64Array(pieces.size);
  let count = 0;
  for (let id = 0; id < pieces.size; id++) {
    if (pieces.kinds[id] !== NORMAL) continue;
    // Plus zero makes -0 equal to 0, as it is to SentencePiece.
    float[0] = -(scores[id] as number) + 0;
    // The bits of floats are in the floats' order, but for the negative ones, whose order is reversed.
    const ordered = (bits[0] as number) ^ (((bits[0] as number) >> 31) & 0x7fffffff);
    keys[count++] = ordered * MAX_PIECES + id;
  }
  const sorted = keys.subarray(0, count).sort();
  let rank = -1;
  let last = Number.NaN;
  for (let at = 0; at < count; at++) {
    const ordered = Math.floor((sorted[at] as number) / MAX_PIECES);
    if (ordered !== last) rank++;
    last = ordered;
    ranks[(sorted[at] as number) - ordered * MAX_PIECES] = rank;
  }
  return ranks;
}
