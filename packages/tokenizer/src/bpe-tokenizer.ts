import { decodeAll, PieceDecoder, Surfaces } from "./decoder.ts";
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
  type SplitOptions,
  type TruncateOptions,
} from "./options.ts";
import { textOf } from "./pieces.ts";
import { type Segment, SpecialTokens } from "./special-tokens.ts";
import { splitText } from "./split.ts";
import type { TextMeter } from "./text-meter.ts";
import type { EncodedText, TextPart, TokenDecoder, Tokenizer } from "./tokenizer.ts";
import { truncateEnd, truncateStart } from "./truncate.ts";
import type { Vocabulary } from "./vocabulary.ts";

const DEFAULTS = {};

/** What `specialTokens` can be. */
const ENCODING = ["text", "parse"];
const DECODING = ["skip", "show"];

/** Gets ids in an array that is used again, and how many; returns whether to go on. */
type OnIds = (ids: Int32Array, count: number, segment: Segment) => boolean;

/** The parts of this package, put together. */
export class BpeTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly bosId: number;
  readonly eosId: number;
  readonly unkId: number;
  readonly #vocabulary: Vocabulary;
  readonly #encoder: Encoder;
  readonly #special: SpecialTokens;
  readonly #surfaces: Surfaces;
  /** The most units of a text that one id stands for. */
  #longest = 0;
  #ids: Map<string, number> | undefined;

  constructor(vocabulary: Vocabulary, cacheBytes: number) {
    this.#vocabulary = vocabulary;
    this.vocabSize = vocabulary.kinds.length;
    this.bosId = vocabulary.bosId;
    this.eosId = vocabulary.eosId;
    this.unkId = vocabulary.unkId;
    this.#encoder = new Encoder(vocabulary.tables, cacheBytes);
    this.#special = new SpecialTokens(vocabulary);
    this.#surfaces = new Surfaces(vocabulary);
    const { starts } = vocabulary;
    for (let id = 0; id < this.vocabSize; id++) {
      this.#longest = Math.max(this.#longest, (starts[id + 1] as number) - (starts[id] as number));
    }
  }

  encode(text: string, options: EncodeOptions = DEFAULTS): Int32Array {
    checkText(text);
    checkOptions(options, ENCODING);
    const ids = new IntList();
    if (options.bos) ids.push(this.bosId);
    this.#run(text, options, (some, count) => {
      ids.append(some, count);
      return true;
    });
    if (options.eos) ids.push(this.eosId);
    return ids.finish();
  }

  encodeBatch(texts: readonly string[], options: EncodeOptions = DEFAULTS): Int32Array[] {
    if (!Array.isArray(texts)) throw invalid("texts", texts, "an array of strings");
    for (let index = 0; index < texts.length; index++) checkText(texts[index], `texts[${index}]`);
    return texts.map((text) => this.encode(text, options));
  }

  encodeWithOffsets(text: string, options: EncodeOptions = DEFAULTS): EncodedText {
    checkText(text);
    checkOptions(options, ENCODING);
    return this.#locate(text, options, Number.POSITIVE_INFINITY);
  }

  count(text: string, options: EncodeOptions = DEFAULTS): number {
    return this.countUpTo(text, Number.MAX_SAFE_INTEGER, options);
  }

  countUpTo(text: string, maxTokens: number, options: EncodeOptions = DEFAULTS): number {
    checkText(text);
    requireCount("maxTokens", maxTokens);
    checkOptions(options, ENCODING);
    let total = extraOf(options);
    if (total > maxTokens) return -1;
    this.#run(text, options, (_, count) => {
      total += count;
      return total <= maxTokens;
    });
    return total <= maxTokens ? total : -1;
  }

  truncate(text: string, maxTokens: number, options: TruncateOptions = DEFAULTS): string {
    checkText(text);
    requireCount("maxTokens", maxTokens);
    checkOptions(options, ENCODING);
    const { side = "end" } = options;
    const limit = this.#limit(maxTokens, options);
    const meter = this.#meter(options);
    return side === "end"
      ? text.slice(0, truncateEnd(meter, text, limit))
      : text.slice(truncateStart(meter, text, limit));
  }

  split(text: string, options: SplitOptions): TextPart[] {
    checkText(text);
    checkOptions(options, ENCODING);
    const { maxTokens, overlap = 0 } = options;
    requireCount("maxTokens", maxTokens);
    requireCount("overlap", overlap);
    const limit = this.#limit(maxTokens, options);
    if (overlap > 0 && overlap >= limit) {
      throw invalid("overlap", overlap, `less than the ${limit} tokens of text in a part`);
    }
    return splitText(this.#meter(options), text, limit, overlap);
  }

  decode(ids: ArrayLike<number>, options: DecodeOptions = DEFAULTS): string {
    if (typeof ids?.length !== "number" || typeof ids === "string") {
      throw invalid("ids", ids, "an array of ids");
    }
    checkOptions(options, DECODING);
    for (let index = 0; index < ids.length; index++) {
      if (!this.#hasId(ids[index] as number)) throw this.#unknownId(`ids[${index}]`, ids[index]);
    }
    return decodeAll(this.#decoder(options), ids);
  }

  createDecoder(options: DecodeOptions = DEFAULTS): TokenDecoder {
    checkOptions(options, DECODING);
    const decoder = this.#decoder(options);
    return {
      push: (id) => {
        if (!this.#hasId(id)) throw this.#unknownId("id", id);
        return decoder.push(id);
      },
      flush: () => decoder.flush(),
    };
  }

  tokenToId(token: string): number | undefined {
    checkText(token, "token");
    this.#ids ??= new Map(
      Array.from(this.#vocabulary.kinds, (_, id) => [textOf(this.#vocabulary, id), id]),
    );
    return this.#ids.get(token);
  }

  idToToken(id: number): string | undefined {
    return this.#hasId(id) ? textOf(this.#vocabulary, id) : undefined;
  }

  /** Encodes the text's segments, until the callback has had enough. */
  #run(text: string, options: EncodeOptions, onIds: OnIds): void {
    for (const segment of this.#special.segments(text, options.specialTokens === "parse")) {
      let goesOn = true;
      const visit = (ids: Int32Array, count: number): boolean => {
        goesOn = onIds(ids, count, segment);
        return goesOn;
      };
      const { start, end, id, prefix } = segment;
      if (id === -1) this.#encoder.encode(text, start, end, prefix, visit);
      else visit(Int32Array.of(id), 1);
      if (!goesOn) return;
    }
  }

  /** Ids and where they begin, some more than the limit if there are. */
  #locate(text: string, options: EncodeOptions, limit: number): EncodedText {
    const ids = new IntList();
    const offsets = new IntList();
    const { bos, eos } = options;
    if (bos) {
      ids.push(this.bosId);
      offsets.push(0);
    }
    let walker: OffsetWalker | undefined;
    this.#run(text, options, (some, count, segment) => {
      if (walker?.segment !== segment) walker = new OffsetWalker(this.#vocabulary, text, segment);
      ids.append(some, count);
      walker.walk(some, count, offsets);
      return ids.length <= limit;
    });
    if (eos) {
      ids.push(this.eosId);
      offsets.push(text.length);
    }
    offsets.push(text.length);
    return { ids: ids.finish(), offsets: offsets.finish() };
  }

  #meter(options: EncodeOptions): TextMeter {
    const { specialTokens } = options;
    return {
      extra: extraOf(options),
      longest: this.#longest,
      countUpTo: (text, limit) => this.countUpTo(text, limit, { specialTokens }),
      offsets: (text, limit) => this.#locate(text, { specialTokens }, limit).offsets,
    };
  }

  /** What of a limit BOS and EOS leave for the text. */
  #limit(maxTokens: number, options: EncodeOptions): number {
    const extra = extraOf(options);
    if (maxTokens >= extra) return maxTokens - extra;
    throw invalid("maxTokens", maxTokens, `at least ${extra}, for BOS and EOS`);
  }

  #decoder({ keepFirstSpace = false, specialTokens = "skip" }: DecodeOptions): PieceDecoder {
    return new PieceDecoder(this.#surfaces, keepFirstSpace, specialTokens === "show");
  }

  #hasId(id: number): boolean {
    return id >>> 0 === id && id < this.vocabSize;
  }

  #unknownId(name: string, id: unknown): Error {
    return invalid(name, id, `an id of the vocabulary, a whole number below ${this.vocabSize}`);
  }
}

/** BOS and EOS, if they are asked for. */
function extraOf({ bos, eos }: EncodeOptions): number {
  return (bos ? 1 : 0) + (eos ? 1 : 0);
}
