import { byteIdsOf } from "./byte-pieces.ts";
import {
  type ChunkCache,
  MAX_CACHED_UNITS,
  MIN_CACHE_BYTES,
  makeChunkCache,
} from "./chunk-cache.ts";
import { ALONE, CLASS_BITS, type Cuts, makeCuts } from "./cuts.ts";
import { mergeLong } from "./merge-long.ts";
import { mergeShort, SHORT } from "./merge-short.ts";
import type { Merges } from "./merges.ts";
import { type Pieces, SPACE } from "./pieces.ts";
import { outsidePair } from "./surrogates.ts";
import { makeSymbols, pointAt, type Symbols, unitsOf } from "./symbols.ts";
import { byteLength } from "./utf8.ts";

/** Units that are worked on at a time: enough to make the bookkeeping cheap, and little enough to stay in the cache. */
const WINDOW = 8192;

/** Buffers that a very long chunk made larger than this are let go of after it. */
const MAX_KEPT_UNITS = 8 * WINDOW;

/** No character of one unit becomes more ids than this, and none of two more than twice this. */
const MAX_IDS_PER_UNIT = 3;

const HASH_STEP = 0x01000193;

/** What a vocabulary is to the encoder. Encoders with caches of their own can share one. */
export interface EncoderTables extends Symbols, Cuts {
  readonly merges: Merges;
  /** The id of each byte's piece. */
  readonly byteIds: Uint16Array;
  /** How many ids there are. Symbols from here on are characters that have none. */
  readonly size: number;
}

/**
 * Makes the encoder's tables of a vocabulary.
 *
 * @param pieces - the vocabulary
 * @param makeMerges - makes the merges; gets the pieces, and behind them the characters that are symbols too
 * @param splitsAtSpaces - whether runs of spaces are one token each
 * @throws TokenizerError
 */
export function makeTables(
  pieces: Pieces,
  makeMerges: (symbols: Pieces) => Merges,
  splitsAtSpaces = false,
): EncoderTables {
  const byteIds = byteIdsOf(pieces);
  const { points, symbols } = makeSymbols(pieces);
  const merges = makeMerges(symbols);
  const cuts = makeCuts(pieces, splitsAtSpaces);
  return { ...cuts, points, symbols, merges, byteIds, size: pieces.kinds.length };
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
 *    `▁you` can be encoded apart. {@link makeCuts} finds all neighbours of which this is true.
 * 2. Texts repeat their words. A {@link makeChunkCache | cache} gives the ids of a chunk that was met before.
 * 3. A chunk that is new is short, and is merged in a few arrays; `merge-long.ts` takes what is not, such as a
 *    megabyte of one letter.
 *
 * A text is read in windows, and the chunk at a window's end is carried into the next one, so that memory does not grow
 * with the text.
 */
export class Encoder {
  readonly #tables: EncoderTables;
  readonly #cache: ChunkCache;
  readonly #longestCached: number;
  readonly #shortRun = new Int32Array(SHORT);
  // The window's units, and the ids that they become.
  #units = new Uint16Array(0);
  #ids = new Int32Array(0);
  #count = 0;

  /**
   * @param tables - the vocabulary
   * @param cacheBytes - the cache's budget
   */
  constructor(tables: EncoderTables, cacheBytes: number) {
    this.#tables = tables;
    this.#cache = makeChunkCache(cacheBytes);
    this.#longestCached = cacheBytes < MIN_CACHE_BYTES ? 0 : MAX_CACHED_UNITS;
    this.#resize(WINDOW);
  }

  /**
   * Encodes a part of a text.
   *
   * @param text - holds the part
   * @param start - where the part begins
   * @param end - where it ends
   * @param prefix - whether a space goes before it
   * @param onIds - gets ids in an array that is used again, from index 0, how many, and where in the text the first begins,
   *   which is one before the start for that space; returns whether to go on
   */
  encode(
    text: string,
    start: number,
    end: number,
    prefix: boolean,
    onIds: (ids: Int32Array, count: number, from: number) => boolean,
  ): void {
    let held = prefix ? 1 : 0;
    if (prefix) this.#units[0] = SPACE;
    let at = start;
    do {
      // What is held doubles when a window has no cut, so a chunk without end is not read more than twice over.
      const wanted = at + Math.max(WINDOW, held) - (prefix && at === start ? 1 : 0);
      const next = Math.min(end, outsidePair(text, wanted));
      const filled = held + next - at;
      if (filled > this.#units.length) this.#resize(2 * filled);
      this.#read(text, at, next, held - at);
      const used = this.#encodeWindow(filled, next === end);
      if (!onIds(this.#ids, this.#count, at - held)) break;
      this.#units.copyWithin(0, used, filled);
      held = filled - used;
      at = next;
    } while (at < end);
    if (this.#units.length > MAX_KEPT_UNITS) this.#resize(WINDOW);
  }

  #resize(length: number): void {
    const units = new Uint16Array(length);
    units.set(this.#units.subarray(0, length));
    this.#units = units;
    this.#ids = new Int32Array(MAX_IDS_PER_UNIT * length);
  }

  /** Copies text into the units, with spaces replaced, and U+FFFD for a surrogate that is not in a pair. */
  #read(text: string, start: number, end: number, shift: number): void {
    const units = this.#units;
    for (let at = start; at < end; at++) {
      const unit = text.charCodeAt(at);
      if (unit === 0x20) units[at + shift] = SPACE;
      else if ((unit & 0xf800) !== 0xd800) units[at + shift] = unit;
      else {
        const isPaired = outsidePair(text, at) > at || outsidePair(text, at + 1) > at + 1;
        units[at + shift] = isPaired ? unit : 0xfffd;
      }
    }
  }

  /** Encodes the window's chunks, without the last one unless the text ends with it. Returns how many units that took. */
  #encodeWindow(end: number, isLast: boolean): number {
    const units = this.#units;
    const { classes, joins } = this.#tables;
    this.#count = 0;
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

  #encodeChunk(start: number, end: number, hash: number): void {
    const length = end - start;
    if (length === 1) this.#encodeAlone(start, end);
    else if (length > this.#longestCached) this.#merge(start, end);
    else {
      const mixed = hash ^ (hash >>> 15) ^ (hash >>> 7);
      const from = this.#count;
      const known = this.#cache.recall(this.#units, start, length, mixed, this.#ids, from);
      if (known !== -1) {
        this.#count = known;
        return;
      }
      this.#merge(start, end);
      this.#cache.remember(this.#units, start, length, mixed, this.#ids, from, this.#count);
    }
  }

  #merge(start: number, end: number): void {
    const run = end - start <= SHORT ? this.#shortRun : new Int32Array(end - start);
    for (let at = start; at < end; ) at = this.#mergeRun(at, end, run);
  }

  /** Merges up to a character that no piece has, and encodes that. Returns where the next one begins. */
  #mergeRun(start: number, end: number, run: Int32Array): number {
    const { merges, points } = this.#tables;
    let length = 0;
    let at = start;
    while (at < end) {
      const point = pointAt(this.#units, at, end);
      const symbol = points[point] as number;
      if (symbol === 0) break;
      run[length++] = symbol - 1;
      at += unitsOf(point);
    }
    const left = (length <= SHORT ? mergeShort : mergeLong)(merges, run, length);
    for (let index = 0; index < left; index++) this.#put(run[index] as number);
    return at < end ? this.#encodeAlone(at, end) : at;
  }

  /** Encodes one character that joins no other. Returns where the next one begins. */
  #encodeAlone(at: number, end: number): number {
    const point = pointAt(this.#units, at, end);
    const symbol = this.#tables.points[point] as number;
    if (symbol === 0) this.#putBytes(point);
    else this.#put(symbol - 1);
    return at + unitsOf(point);
  }

  /** Adds a symbol's id, or the bytes of a character that has none. */
  #put(symbol: number): void {
    const { size, symbols } = this.#tables;
    if (symbol < size) this.#ids[this.#count++] = symbol;
    else
      this.#putBytes(
        pointAt(symbols.units, symbols.starts[symbol] as number, symbols.units.length),
      );
  }

  #putBytes(point: number): void {
    let shift = 6 * byteLength(point) - 6;
    // The first of several bytes has as many ones in front as there are bytes, each other byte has one.
    let mark = shift === 0 ? 0 : (0xf80 >> (shift / 6)) & 0xff;
    for (let rest = point; shift >= 0; shift -= 6) {
      this.#ids[this.#count++] = this.#tables.byteIds[mark | (rest >> shift)] as number;
      rest &= (1 << shift) - 1;
      mark = 0x80;
    }
  }
}
