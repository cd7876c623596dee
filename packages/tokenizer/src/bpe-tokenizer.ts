import { type Decoder, decodeAll, makeDecoder, makeSurfaces } from "./decoder.ts";
import { Encoder } from "./encoder.ts";
import { MAX_COUNT } from "./limits.ts";
import { followIds } from "./offsets.ts";
import {
  checkOptions,
  checkText,
  type DecodeOptions,
  type EncodeOptions,
  refuse,
  requireCount,
} from "./options.ts";
import { textOf } from "./pieces.ts";
import { makeSegmenter } from "./segments.ts";
import { shorten, type TextMeter } from "./shorten.ts";
import { splitText } from "./split.ts";
import type { EncodedText, Tokenizer } from "./tokenizer.ts";
import { FIRST, type Vocabulary } from "./vocabulary.ts";

/** What `specialTokens` can be. */
const ENCODING = ["text", "parse"];
const DECODING = ["skip", "show"];

/**
 * Gets ids in an array that is used again, how many, where in the text the first begins, and where their segment does;
 * returns whether to go on.
 */
type OnIds = (ids: Int32Array, count: number, from: number, floor: number) => boolean;

/** The parts of this package, put together. */
export function makeTokenizer(vocabulary: Vocabulary, cacheBytes: number): Tokenizer {
  const { bosId, eosId, unkId, starts, kinds } = vocabulary;
  const vocabSize = kinds.length;
  const encoder = new Encoder(vocabulary.tables, cacheBytes);
  const segmentsOf = makeSegmenter(vocabulary);
  const surfaceOf = makeSurfaces(vocabulary);
  let idsByName: Map<string, number> | undefined;
  // The most units of a text that one id stands for.
  const longest = starts.reduce(
    (most, start, id) => Math.max(most, (starts[id + 1] ?? start) - start),
    0,
  );

  /** Encodes a text part by part, until the callback has had enough. */
  const run = (text: string, options: EncodeOptions | undefined, onIds: OnIds): void => {
    checkText(text);
    const { bos, eos, specialTokens } = checkOptions(options, ENCODING);
    const segments = segmentsOf(text, specialTokens === "parse");
    if (bos) segments.unshift([0, 0, bosId, false]);
    if (eos) segments.push([text.length, text.length, eosId, false]);
    let goesOn = true;
    for (const [start, end, id, prefix] of segments) {
      if (id !== -1) goesOn = onIds(Int32Array.of(id), 1, start, start);
      else {
        encoder.encode(text, start, end, prefix, (ids, count, from) => {
          goesOn = onIds(ids, count, from, start);
          return goesOn;
        });
      }
      if (!goesOn) return;
    }
  };

  const encode = (text: string, options?: EncodeOptions): Int32Array => {
    const parts: Int32Array[] = [];
    run(text, options, (ids, count) => parts.push(ids.slice(0, count)) > 0);
    return joined(parts);
  };

  /** Ids and where they begin, some more than the limit if there are. */
  const locate = (
    text: string,
    options: EncodeOptions | undefined,
    limit = MAX_COUNT,
  ): EncodedText => {
    const idParts: Int32Array[] = [];
    const offsetParts: Int32Array[] = [];
    let total = 0;
    run(text, options, (some, count, from, floor) => {
      const ids = some.slice(0, count);
      idParts.push(ids);
      offsetParts.push(followIds(ids, from, floor, kinds, surfaceOf));
      total += count;
      return total <= limit;
    });
    offsetParts.push(Int32Array.of(text.length));
    return { ids: joined(idParts), offsets: joined(offsetParts) };
  };

  const countUpTo = (text: string, maxTokens: number, options?: EncodeOptions): number => {
    requireCount("maxTokens", maxTokens);
    let total = 0;
    run(text, options, (_, count) => {
      total += count;
      return total <= maxTokens;
    });
    return total <= maxTokens ? total : -1;
  };

  /** What truncating and splitting need, and what BOS and EOS leave of a limit. */
  const measure = (
    text: string,
    maxTokens: number,
    options: EncodeOptions | undefined,
  ): [TextMeter, number] => {
    checkText(text);
    requireCount("maxTokens", maxTokens);
    const extra = countUpTo("", MAX_COUNT, options);
    const specialTokens = options?.specialTokens;
    if (maxTokens < extra) refuse("maxTokens", maxTokens, `at least ${extra}, for BOS and EOS`);
    const meter: TextMeter = {
      extra,
      longest,
      count: (part, limit) => countUpTo(part, limit, { specialTokens }),
      offsets: (part, limit) => locate(part, { specialTokens }, limit).offsets,
    };
    return [meter, maxTokens - extra];
  };

  const isId = (id: number): boolean => id >>> 0 === id && id < vocabSize;

  const checkId = (id: number, index?: number): void => {
    const name = index === undefined ? "id" : `ids[${index}]`;
    if (!isId(id)) refuse(name, id, `an id of the vocabulary, a whole number below ${vocabSize}`);
  };

  const createDecoder = (options?: DecodeOptions): Decoder => {
    const { keepFirstSpace, specialTokens } = checkOptions(options, DECODING);
    const losesSpace = (vocabulary.prefix & FIRST) > 0 && !keepFirstSpace;
    return makeDecoder(kinds, surfaceOf, checkId, losesSpace, specialTokens === "show");
  };

  return {
    vocabSize,
    bosId,
    eosId,
    unkId,
    encode,
    countUpTo,
    createDecoder,
    encodeBatch(texts, options) {
      if (!Array.isArray(texts)) refuse("texts", texts, "an array of strings");
      return texts.map((text, index) => {
        checkText(text, `texts[${index}]`);
        return encode(text, options);
      });
    },
    encodeWithOffsets: (text, options) => locate(text, options),
    count: (text, options) => countUpTo(text, MAX_COUNT, options),
    truncate(text, maxTokens, options) {
      const [meter, limit] = measure(text, maxTokens, options);
      return shorten(meter, text, limit, options?.side === "start");
    },
    split(text, options) {
      const { maxTokens, overlap = 0 } = Object(options);
      const [meter, limit] = measure(text, maxTokens, options);
      requireCount("overlap", overlap);
      if (overlap > 0 && overlap >= limit) {
        refuse("overlap", overlap, `less than the ${limit} tokens of text in a part`);
      }
      return splitText(meter, text, limit, overlap);
    },
    decode(ids, options) {
      if (typeof ids?.length !== "number" || typeof ids === "string") {
        refuse("ids", ids, "an array of ids");
      }
      return decodeAll(createDecoder(options), ids);
    },
    tokenToId(token) {
      checkText(token, "token");
      idsByName ??= new Map(Array.from(kinds, (_, id) => [textOf(vocabulary, id), id]));
      return idsByName.get(token);
    },
    idToToken: (id) => (isId(id) ? textOf(vocabulary, id) : undefined),
  };
}

/** Puts arrays into one. Most texts come in one part, which then need not be copied. */
function joined(parts: readonly Int32Array[]): Int32Array {
  if (parts.length === 1) return parts[0] as Int32Array;
  const all = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
