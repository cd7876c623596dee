import { describe } from "./describe.ts";
import { exceeds, TokenizerError } from "./error.ts";
import { MAX_PAIRS, MAX_PIECES } from "./limits.ts";
import { NORMAL, type Pieces } from "./pieces.ts";
import { ROOT, Trie } from "./trie.ts";
import { grown } from "./typed-arrays.ts";

/** The rank of two symbols that do not merge: behind every other. */
export const NO_RANK = 0x7fffffff;

const FREE = -1;

/** Which two symbols merge, into what, and how early: a hash table in typed arrays. */
export class PairTable {
  /** What the pair in a slot merges into. */
  merged: Uint16Array = new Uint16Array(0);
  /** Low ranks merge first. */
  ranks: Int32Array = new Int32Array(0);
  #keys: Int32Array = new Int32Array(0);
  #list: Int32Array = new Int32Array(0);
  #end = 0;

  /** Notes a pair. To be followed by {@link build}. */
  add(left: number, right: number, merged: number, rank: number): void {
    const list = grown(this.#list, this.#end + 3);
    list[this.#end++] = (left << 16) | right;
    list[this.#end++] = merged;
    list[this.#end++] = rank;
    this.#list = list;
    exceeds(this.#end, 3 * MAX_PAIRS, "pairs that merge");
  }

  /** Makes the table. Of two notes of one pair, the first counts. */
  build(): this {
    const size = 1 << (32 - Math.clz32(this.#end + 2));
    this.#keys = new Int32Array(size).fill(FREE);
    this.merged = new Uint16Array(size);
    this.ranks = new Int32Array(size);
    for (let at = 0; at < this.#end; at += 3) {
      const key = this.#list[at] as number;
      const slot = this.#slotOf(key);
      if (this.#keys[slot] === key) continue;
      this.#keys[slot] = key;
      this.merged[slot] = this.#list[at + 1] as number;
      this.ranks[slot] = this.#list[at + 2] as number;
    }
    this.#list = new Int32Array(0);
    return this;
  }

  /** The slot of a pair, or -1 if the two do not merge. */
  find(left: number, right: number): number {
    const slot = this.#slotOf((left << 16) | right);
    return this.#keys[slot] === FREE ? -1 : slot;
  }

  #slotOf(key: number): number {
    const keys = this.#keys;
    const mask = keys.length - 1;
    const mixed = Math.imul(key, 0x9e3779b1);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    while (keys[slot] !== key && keys[slot] !== FREE) slot = (slot + 1) & mask;
    return slot;
  }
}

/**
 * All pairs by which SentencePiece makes the pieces: each piece, cut wherever both sides are symbols. The higher a
 * piece's score, the earlier its pairs merge; pieces with one score have one rank.
 *
 * @param pieces - the vocabulary
 * @param scores - by id
 * @param unlisted - characters that are symbols without being pieces, numbered behind the ids
 */
export function pairsByScore(
  pieces: Pieces,
  scores: ArrayLike<number>,
  unlisted: readonly string[],
): PairTable {
  const { texts } = pieces;
  const ranks = rankByScore(pieces, scores);
  let units = 2 * unlisted.length;
  for (let id = 0; id < texts.length; id++) units += (texts[id] as string).length;
  const symbols = new Trie(units);
  for (let id = 0; id < texts.length; id++) {
    if (ranks[id] !== NO_RANK) addSymbol(texts[id] as string, id, symbols);
  }
  for (const [index, text] of unlisted.entries()) symbols.add(text, texts.length + index);
  const pairs = new PairTable();
  for (let id = 0; id < texts.length; id++) {
    if (ranks[id] !== NO_RANK) {
      addPairsOf(texts[id] as string, id, ranks[id] as number, symbols, pairs);
    }
  }
  return pairs.build();
}

function addSymbol(text: string, id: number, symbols: Trie): void {
  const known = symbols.add(text, id);
  if (known === -1) return;
  const problem = `piece ${id} is ${describe(text)}, as piece ${known} is.`;
  throw new TokenizerError("MALFORMED", problem);
}

function addPairsOf(text: string, id: number, rank: number, symbols: Trie, pairs: PairTable): void {
  let node = ROOT;
  for (let cut = 1; cut < text.length; cut++) {
    node = symbols.next(node, text.charCodeAt(cut - 1));
    const left = symbols.symbolAt(node);
    if (left === -1) continue;
    const right = symbols.find(text, cut);
    if (right !== -1) pairs.add(left, right, id, rank);
  }
}

/** Numbers the scores of normal pieces from the highest down. */
function rankByScore({ texts, kinds }: Pieces, scores: ArrayLike<number>): Int32Array {
  const ranks = new Int32Array(texts.length).fill(NO_RANK);
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  // A score and an id in one number, because typed arrays sort numbers far faster than a callback compares pieces.
  const keys = new Float64Array(texts.length);
  let count = 0;
  for (let id = 0; id < texts.length; id++) {
    if (kinds[id] !== NORMAL) continue;
    // Zero minus it, as -0 is equal to 0 for SentencePiece.
    float[0] = 0 - (scores[id] as number);
    // The bits of floats are in the floats' order, but for the negative ones, whose order is reversed.
    const ordered = (bits[0] as number) ^ (((bits[0] as number) >> 31) & NO_RANK);
    keys[count++] = ordered * MAX_PIECES + id;
  }
  let rank = -1;
  let last: number | undefined;
  for (const key of keys.subarray(0, count).sort()) {
    const ordered = Math.floor(key / MAX_PIECES);
    if (ordered !== last) rank++;
    last = ordered;
    ranks[key - ordered * MAX_PIECES] = rank;
  }
  return ranks;
}
