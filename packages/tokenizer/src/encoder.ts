import { ChunkCache, MAX_CACHED_UNITS } from "./chunk-cache.ts";
import { ALONE, CLASS_BITS, type Cuts } from "./cuts.ts";
import { mergeLong } from "./merge-long.ts";
import { mergeShort, SHORT } from "./merge-short.ts";
import type { Merges } from "./merges.ts";
import { SPACE } from "./pieces.ts";
import { pairAt, type Symbols } from "./symbols.ts";
import { grown } from "./typed-arrays.ts";
import { byteAt, byteLength } from "./utf8.ts";

/** Units that are worked on at a time: enough to make the bookkeeping cheap, and little enough to stay in the cache. */
const WINDOW = 8192;

/** Buffers that a very long chunk made larger than this are let go of after it. */
const MAX_KEPT_UNITS = 8 * WINDOW;

/** No character of one unit becomes more ids than this, and none of two more than twice this. */
const MAX_IDS_PER_UNIT = 3;

const HASH_STEP = 0x01000193;

/** What a vocabulary is to the encoder. Encoders with caches of their own can share one. */
export interface EncoderTables extends Symbols {
  readonly merges: Merges;
  readonly cuts: Cuts;
  /** The id of each byte's piece. */
  readonly byteIds: Uint16Array;
  /** How many ids there are. Symbols from here on are characters that have none. */
  readonly size: number;
}

/**
 * SentencePiece's byte-pair encoding, to the same ids.
 *
 * The reference replaces spaces by `▁`, puts one in front, takes every character as a symbol, and then merges two
 * neighbours, again and again: those whose joint piece has the highest score (the lowest rank), the leftmost of
 * equals. A character that no piece stands for becomes its UTF-8 bytes. Take `Hello you`:
 *
 * ```
 * ▁Hello▁you
 * ▁ H e l l o ▁ y o u        best pair: ou (rank 24), before el (28), lo (48), ll (83) …
 * ▁ H e l l o ▁ y ou         el
 * ▁ H el l o ▁ y ou          ▁y (102)
 * ▁ H el l o ▁y ou           ▁H (118), ell (287), you …
 * ▁Hello ▁you                [15043, 366]
 * ```
 *
 * Looking for the best pair in a whole text over and over is slow. Three things make it fast, and none changes an id:
 *
 * 1. No piece has `o▁` inside. So no merge ever joins these two, whatever happens on either side, and `▁Hello` and
 *    `▁you` can be encoded apart. {@link Cuts} knows all neighbours of which this is true.
 * 2. Texts repeat their words. A {@link ChunkCache} gives the ids of a chunk that was met before.
 * 3. A chunk that is new is short, and is merged in a few arrays; `merge-long.ts` takes what is not, such as a
 *    megabyte of one letter.
 *
 * A text is read in windows, and the chunk at a window's end is carried into the next one, so that memory does not grow
 * with the text.
 */
export class Encoder {
  readonly #tables: EncoderTables;
  readonly #cache: ChunkCache;
  readonly #symbols = new Int32Array(SHORT);
  #units = new Uint16Array(WINDOW);
  #ids = new Int32Array(MAX_IDS_PER_UNIT * WINDOW);
  #idCount = 0;

  /**
   * @param tables - the vocabulary
   * @param cacheBytes - the cache's budget
   */
  constructor(tables: EncoderTables, cacheBytes: number) {
    this.#tables = tables;
    this.#cache = new ChunkCache(cacheBytes);
  }

  /**
   * Encodes a part of a text.
   *
   * @param text - holds the part
   * @param start - where the part begins
   * @param end - where it ends
   * @param prefix - whether a space goes before it
   * @param onIds - gets ids in an array that is used again, from index 0, and how many; returns whether to go on
   */
  encode(
    text: string,
    start: number,
    end: number,
    prefix: boolean,
    onIds: (ids: Int32Array, count: number) => boolean,
  ): void {
    let held = prefix ? 1 : 0;
    if (prefix) this.#units[0] = SPACE;
    let at = start;
    do {
      // What is held doubles when a window has no cut, so a chunk without end is not read more than twice over.
      let next = Math.min(end, at + Math.max(WINDOW, held) - (prefix && at === start ? 1 : 0));
      if (next < end && (text.charCodeAt(next - 1) & 0xfc00) === 0xd800) next++;
      this.#reserve(held + next - at);
      this.#read(text, at, next, end, held);
      const filled = held + next - at;
      const used = this.#encodeUnits(filled, next === end);
      if (!onIds(this.#ids, this.#idCount)) break;
      this.#units.copyWithin(0, used, filled);
      held = filled - used;
      at = next;
    } while (at < end);
    this.#release();
  }

  #reserve(units: number): void {
    this.#units = grown(this.#units, units);
    this.#ids = grown(this.#ids, MAX_IDS_PER_UNIT * units);
  }

  #release(): void {
    if (this.#units.length <= MAX_KEPT_UNITS) return;
    this.#units = new Uint16Array(WINDOW);
    this.#ids = new Int32Array(MAX_IDS_PER_UNIT * WINDOW);
  }

  /** Copies text into the units, with spaces replaced, and U+FFFD for a surrogate that is not in a pair. */
  #read(text: string, start: number, end: number, textEnd: number, to: number): void {
    const units = this.#units;
    const shift = to - start;
    for (let at = start; at < end; at++) {
      const unit = text.charCodeAt(at);
      if (unit === 0x20) units[at + shift] = SPACE;
      else if ((unit & 0xf800) !== 0xd800) units[at + shift] = unit;
      else {
        const isLow = (unit & 0xfc00) === 0xdc00;
        const isPaired = isLow
          ? at + shift > 0 && ((units[at + shift - 1] as number) & 0xfc00) === 0xd800
          : at + 1 < textEnd && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
        units[at + shift] = isPaired ? unit : 0xfffd;
      }
    }
  }

  /** Encodes the window's chunks, without the last one unless the text ends with it. Returns how many units that took. */
  #encodeUnits(end: number, isLast: boolean): number {
    const units = this.#units;
    const { classes, joins } = this.#tables.cuts;
    this.#idCount = 0;
    let at = 0;
    while (at < end) {
      const start = at;
      let unit = units[at++] as number;
      let left = classes[unit] as number;
      if (left === ALONE) {
        at = this.#encodeAlone(start, end);
        continue;
      }
      let hash = unit;
      while (at < end) {
        unit = units[at] as number;
        const right = classes[unit] as number;
        if (joins[(left << CLASS_BITS) | right] === 0) break;
        hash = (Math.imul(hash, HASH_STEP) + unit) | 0;
        left = right;
        at++;
      }
      if (at === end && !isLast) return start;
      this.#encodeChunk(start, at, hash);
    }
    return end;
  }

  /** Encodes one character that joins no other. Returns where the next one begins. */
  #encodeAlone(at: number, end: number): number {
    const pair = pairAt(this.#units, at, end);
    const point = pair === -1 ? (this.#units[at] as number) : pair;
    const symbol = this.#tables.points[point] as number;
    if (symbol === 0) this.#putBytes(point);
    else this.#put(symbol - 1);
    return pair === -1 ? at + 1 : at + 2;
  }

  #encodeChunk(start: number, end: number, hash: number): void {
    const length = end - start;
    if (length === 1) {
      this.#encodeAlone(start, end);
      return;
    }
    if (length > MAX_CACHED_UNITS) {
      this.#merge(start, end);
      return;
    }
    const cache = this.#cache;
    const mixed = hash ^ (hash >>> 15) ^ (hash >>> 7);
    const offset = cache.find(this.#units, start, length, mixed);
    if (offset === 0) {
      const first = this.#idCount;
      this.#merge(start, end);
      cache.add(this.#units, start, length, mixed, this.#ids, first, this.#idCount);
      return;
    }
    const entries = cache.entries;
    const from = offset + 1 + length;
    const to = from + ((entries[offset] as number) & 0xff);
    for (let at = from; at < to; at++) this.#ids[this.#idCount++] = entries[at] as number;
  }

  #merge(start: number, end: number): void {
    const list = end - start <= SHORT ? this.#symbols : new Int32Array(end - start);
    for (let at = start; at < end; ) at = this.#mergeRun(at, end, list);
  }

  /** Merges up to a character that no piece has, and encodes that. Returns where the next one begins. */
  #mergeRun(start: number, end: number, list: Int32Array): number {
    const units = this.#units;
    const { merges, points } = this.#tables;
    let count = 0;
    let at = start;
    for (; at < end; at++) {
      let symbol = points[units[at] as number] as number;
      if (symbol === 0) {
        symbol = points[pairAt(units, at, end)] ?? 0;
        if (symbol === 0) break;
        at++;
      }
      list[count++] = symbol - 1;
    }
    count = (count <= SHORT ? mergeShort : mergeLong)(merges, list, count);
    for (let index = 0; index < count; index++) this.#put(list[index] as number);
    return at < end ? this.#encodeAlone(at, end) : at;
  }

  /** Adds a symbol's id, or the bytes of a character that has none. */
  #put(symbol: number): void {
    const { size, unlisted } = this.#tables;
    if (symbol < size) this.#ids[this.#idCount++] = symbol;
    else this.#putBytes(unlisted[symbol - size] as number);
  }

  #putBytes(point: number): void {
    const length = byteLength(point);
    for (let index = 0; index < length; index++) {
      const byte = byteAt(point, index, length);
      this.#ids[this.#idCount++] = this.#tables.byteIds[byte] as number;
    }
  }
}
