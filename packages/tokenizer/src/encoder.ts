import { byteIdsOf } from "./byte-pieces.ts";
import { MAX_CACHED_UNITS, MIN_CACHE_BYTES, makeChunkCache } from "./chunk-cache.ts";
import { ALONE, CLASS_BITS, makeCuts } from "./cuts.ts";
import { mergeLong } from "./merge-long.ts";
import { mergeShort, SHORT } from "./merge-short.ts";
import type { Merges } from "./merges.ts";
import { type Pieces, SPACE } from "./pieces.ts";
import { makeSymbols, pointAt, unitsOf, withUnlisted } from "./symbols.ts";
import { outsidePair } from "./surrogates.ts";
import { byteAt, byteLength } from "./utf8.ts";

/** Units that are worked on at a time: enough to make the bookkeeping cheap, and little enough to stay in the cache. */
const WINDOW = 8192;

/** Buffers that a very long chunk made larger than this are let go of after it. */
const MAX_KEPT_UNITS = 8 * WINDOW;

/** No character of one unit becomes more ids than this, and none of two more than twice this. */
const MAX_IDS_PER_UNIT = 3;

const HASH_STEP = 0x01000193;

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
export type Encode = (
  text: string,
  start: number,
  end: number,
  prefix: boolean,
  onIds: (ids: Int32Array, count: number, from: number) => boolean,
) => void;

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
 *
 * @param pieces - the vocabulary
 * @param makeMerges - makes the merges; gets the pieces, and behind them the characters that are symbols too
 * @param splitsAtSpaces - whether runs of spaces are one token each
 * @returns makes encoders, each with a cache of so many bytes
 * @throws TokenizerError
 */
export function prepareEncoder(
  pieces: Pieces,
  makeMerges: (symbols: Pieces) => Merges,
  splitsAtSpaces = false,
): (cacheBytes: number) => Encode {
  const byteIds = byteIdsOf(pieces);
  const { points, unlisted } = makeSymbols(pieces);
  const { classes, joins } = makeCuts(pieces, splitsAtSpaces);
  const merges = makeMerges(withUnlisted(pieces, unlisted));
  // Symbols from here on are characters that have no id.
  const idCount = pieces.kinds.length;

  return (cacheBytes) => {
    const cache = makeChunkCache(cacheBytes);
    const longestCached = cacheBytes < MIN_CACHE_BYTES ? 0 : MAX_CACHED_UNITS;
    const shortRun = new Int32Array(SHORT);
    // The window's units, and the ids that they become.
    let units = new Uint16Array(0);
    let ids = new Int32Array(0);
    let count = 0;

    const resize = (length: number): void => {
      const old = units;
      units = new Uint16Array(length);
      units.set(old.subarray(0, length));
      ids = new Int32Array(MAX_IDS_PER_UNIT * length);
    };

    /** Copies text into the units, with spaces replaced, and U+FFFD for a surrogate that is not in a pair. */
    const read = (text: string, start: number, end: number, shift: number): void => {
      for (let at = start; at < end; at++) {
        const unit = text.charCodeAt(at);
        if (unit === 0x20) units[at + shift] = SPACE;
        else if ((unit & 0xf800) !== 0xd800) units[at + shift] = unit;
        else {
          const isPaired = outsidePair(text, at) > at || outsidePair(text, at + 1) > at + 1;
          units[at + shift] = isPaired ? unit : 0xfffd;
        }
      }
    };

    /** Adds a symbol's id, or the bytes of a character that has none. */
    const put = (symbol: number): void => {
      if (symbol < idCount) ids[count++] = symbol;
      else putBytes(unlisted[symbol - idCount] as number);
    };

    const putBytes = (point: number): void => {
      const length = byteLength(point);
      for (let index = 0; index < length; index++) {
        ids[count++] = byteIds[byteAt(point, index, length)] as number;
      }
    };

    /** Encodes one character that joins no other. Returns where the next one begins. */
    const encodeAlone = (at: number, end: number): number => {
      const point = pointAt(units, at, end);
      const symbol = points[point] as number;
      if (symbol === 0) putBytes(point);
      else put(symbol - 1);
      return at + unitsOf(point);
    };

    const merge = (start: number, end: number): void => {
      const run = end - start <= SHORT ? shortRun : new Int32Array(end - start);
      let at = start;
      while (at < end) {
        let length = 0;
        while (at < end) {
          const point = pointAt(units, at, end);
          const symbol = points[point] as number;
          if (symbol === 0) break;
          run[length++] = symbol - 1;
          at += unitsOf(point);
        }
        const left = (length <= SHORT ? mergeShort : mergeLong)(merges, run, length);
        for (let index = 0; index < left; index++) put(run[index] as number);
        // A character that no piece has.
        if (at < end) at = encodeAlone(at, end);
      }
    };

    const encodeChunk = (start: number, end: number, hash: number): void => {
      const length = end - start;
      if (length === 1) encodeAlone(start, end);
      else if (length > longestCached) merge(start, end);
      else {
        const mixed = hash ^ (hash >>> 15) ^ (hash >>> 7);
        const known = cache.recall(units, start, length, mixed, ids, count);
        if (known !== -1) {
          count = known;
          return;
        }
        const from = count;
        merge(start, end);
        cache.remember(units, start, length, mixed, ids, from, count);
      }
    };

    /** Encodes the window's chunks, without the last one unless the text ends with it. Returns how many units that took. */
    const encodeWindow = (end: number, isLast: boolean): number => {
      const window = units;
      count = 0;
      let at = 0;
      while (at < end) {
        const start = at;
        let unit = window[at++] as number;
        let left = classes[unit] as number;
        if (left === ALONE) {
          at = encodeAlone(start, end);
          continue;
        }
        let hash = unit;
        while (at < end) {
          unit = window[at] as number;
          const right = classes[unit] as number;
          if (joins[(left << CLASS_BITS) | right] === 0) break;
          hash = (Math.imul(hash, HASH_STEP) + unit) | 0;
          left = right;
          at++;
        }
        if (at === end && !isLast) return start;
        encodeChunk(start, at, hash);
      }
      return end;
    };

    resize(WINDOW);
    return (text, start, end, prefix, onIds) => {
      let held = prefix ? 1 : 0;
      if (prefix) units[0] = SPACE;
      let at = start;
      do {
        // What is held doubles when a window has no cut, so a chunk without end is not read more than twice over.
        const wanted = at + Math.max(WINDOW, held) - (prefix && at === start ? 1 : 0);
        const next = Math.min(end, outsidePair(text, wanted));
        const filled = held + next - at;
        if (filled > units.length) resize(2 * filled);
        read(text, at, next, held - at);
        const from = at - held;
        const used = encodeWindow(filled, next === end);
        if (!onIds(ids, count, from)) break;
        units.copyWithin(0, used, filled);
        held = filled - used;
        at = next;
      } while (at < end);
      if (units.length > MAX_KEPT_UNITS) resize(WINDOW);
    };
  };
}
