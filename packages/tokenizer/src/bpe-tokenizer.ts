import { decodeAll, type Decoder, makeDecoder, makeSurfaces } from "./decoder.ts";
import { Encoder } from "./encoder.ts";
import { IntList } from "./int-list.ts";
import { OffsetWalker } from "./offsets.ts";
import {
  checkOptions,
  checkText,
  type DecodeOptions,
  type EncodeOptions,
  invalid,
  requireCount,
} from "./options.ts";
import { textOf } from "./pieces.ts";
import { type Segment, SpecialTokens } from "./special-tokens.ts";
import { splitText } from "./split.ts";
import type { TextMeter } from "./text-meter.ts";
import type { EncodedText, Tokenizer } from "./tokenizer.ts";
import { truncateEnd, truncateStart } from "./truncate.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** What `specialTokens` can be. */
const ENCODING = ["text", "parse"];
const DECODING = ["skip", "show"];

/** Gets ids in an array that is used again, and how many; returns whether to go on. */
type OnIds = (ids: Int32Array, count: number, segment: Segment) => boolean;

/** The parts of this package, put together. */
export function makeTokenizer(vocabulary: Vocabulary, cacheBytes: number): Tokenizer {
  const { bosId, eosId, unkId, starts, kinds } = vocabulary;
  const vocabSize = kinds.length;
  const encoder = new Encoder(vocabulary.tables, cacheBytes);
  const special = new SpecialTokens(vocabulary);
  const surfaceOf = makeSurfaces(vocabulary);
  let idsByName: Map<string, number> | undefined;
  // The most units of a text that one id stands for.
  let longest = 0;
  for (let id = 0; id < vocabSize; id++) {
    longest = Math.max(longest, (starts[id + 1] as number) - (starts[id] as number));
  }

  /** Encodes the text's segments, until the callback has had enough. */
  const run = (text: string, options: EncodeOptions, onIds: OnIds): void => {
    checkText(text);
    checkOptions(options, ENCODING);
    for (const segment of special.segments(text, options.specialTokens === "parse")) {
      let goesOn = true;
      const visit = (ids: Int32Array, count: number): boolean => {
        goesOn = onIds(ids, count, segment);
        return goesOn;
      };
      const { start, end, id, prefix } = segment;
      if (id === -1) encoder.encode(text, start, end, prefix, visit);
      else visit(Int32Array.of(id), 1);
      if (!goesOn) return;
    }
  };

  const encode = (text: string, options: EncodeOptions = {}): Int32Array => {
    const ids = new IntList();
    if (options?.bos) ids.push(bosId);
    run(text, options, (some, count) => {
      ids.append(some, count);
      return true;
    });
    if (options.eos) ids.push(eosId);
    return ids.finish();
  };

  /** Ids and where they begin, some more than the limit if there are. */
  const locate = (text: string, options: EncodeOptions, limit: number): EncodedText => {
    const ids = new IntList();
    const offsets = new IntList();
    const push = (id: number, offset: number): void => {
      ids.push(id);
      offsets.push(offset);
    };
    if (options?.bos) push(bosId, 0);
    let walker: OffsetWalker | undefined;
    run(text, options, (some, count, segment) => {
      if (walker?.segment !== segment) walker = new OffsetWalker(vocabulary, text, segment);
      ids.append(some, count);
      walker.walk(some, count, offsets);
      return ids.length <= limit;
    });
    if (options.eos) push(eosId, text.length);
    offsets.push(text.length);
    return { ids: ids.finish(), offsets: offsets.finish() };
  };

  const countUpTo = (text: string, maxTokens: number, options: EncodeOptions = {}): number => {
    requireCount("maxTokens", maxTokens);
    let total = extraOf(options);
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
    options: EncodeOptions,
  ): [TextMeter, number] => {
    checkText(text);
    checkOptions(options, ENCODING);
    requireCount("maxTokens", maxTokens);
    const { specialTokens } = options;
    const extra = extraOf(options);
    if (maxTokens < extra)
      throw invalid("maxTokens", maxTokens, `at least ${extra}, for BOS and EOS`);
    const meter: TextMeter = {
      extra,
      longest,
      countUpTo: (part, limit) => countUpTo(part, limit, { specialTokens }),
      offsets: (part, limit) => locate(part, { specialTokens }, limit).offsets,
    };
    return [meter, maxTokens - extra];
  };

  const checkId = (id: number, index?: number): void => {
    if (id >>> 0 === id && id < vocabSize) return;
    const name = index === undefined ? "id" : `ids[${index}]`;
    throw invalid(name, id, `an id of the vocabulary, a whole number below ${vocabSize}`);
  };

  const createDecoder = (options: DecodeOptions = {}): Decoder => {
    checkOptions(options, DECODING);
    const losesSpace = vocabulary.prefix.first && !options.keepFirstSpace;
    return makeDecoder(kinds, surfaceOf, checkId, losesSpace, options.specialTokens === "show");
  };

  return {
    vocabSize,
    bosId,
    eosId,
    unkId,
    encode,
    countUpTo,
    encodeBatch(texts, options) {
      if (!Array.isArray(texts)) throw invalid("texts", texts, "an array of strings");
      for (const [index, text] of texts.entries()) checkText(text, `texts[${index}]`);
      return texts.map((text) => encode(text, options));
    },
    encodeWithOffsets: (text, options = {}) => locate(text, options, Number.POSITIVE_INFINITY),
    count: (text, options) => countUpTo(text, Number.MAX_SAFE_INTEGER, options),
    truncate(text, maxTokens, options = {}) {
      const [meter, limit] = measure(text, maxTokens, options);
      return options.side === "start"
        ? text.slice(truncateStart(meter, text, limit))
        : text.slice(0, truncateEnd(meter, text, limit));
    },
    split(text, options) {
      const { maxTokens, overlap = 0 } = Object(options);
      const [meter, limit] = measure(text, maxTokens, options);
      requireCount("overlap", overlap);
      if (overlap > 0 && overlap >= limit) {
        throw invalid("overlap", overlap, `less than the ${limit} tokens of text in a part`);
      }
      return splitText(meter, text, limit, overlap);
    },
    decode(ids, options) {
      if (typeof ids?.length !== "number" || typeof ids === "string") {
        throw invalid("ids", ids, "an array of ids");
      }
      return decodeAll(createDecoder(options), ids);
    },
    createDecoder,
    tokenToId(token) {
      checkText(token, "token");
      idsByName ??= new Map(Array.from(kinds, (_, id) => [textOf(vocabulary, id), id]));
      return idsByName.get(token);
    },
    idToToken: (id) => (id >>> 0 === id && id < vocabSize ? textOf(vocabulary, id) : undefined),
  };
}

/** BOS and EOS, if they are asked for. */
function extraOf(options: EncodeOptions): number {
  return (options?.bos ? 1 : 0) + (options?.eos ? 1 : 0);
}
