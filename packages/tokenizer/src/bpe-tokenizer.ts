import { decodeAll, PieceDecoder, Surfaces } from "./decoder.ts";
import { Encoder } from "./encoder.ts";
import { IntList } from "./int-list.ts";
import { OffsetWalker } from "./offsets.ts";
import {
  checkDecodeOptions,
  checkEncodeOptions,
  checkText,
  type DecodeOptions,
  type EncodeOptions,
  invalid,
  requireCount,
  type SplitOptions,
  type TruncateOptions,
} from "./options.ts";
import { SpecialTokens } from "./special-tokens.ts";
import { splitText } from "./split.ts";
import type { TextMeter } from "./text-meter.ts";
import type { EncodedText, TextPart, TokenDecoder, Tokenizer } from "./tokenizer.ts";
import { truncateEnd, truncateStart } from "./truncate.ts";
import type { Vocabulary } from "./vocabulary.ts";

const DEFAULTS = {};

/** Gets ids in an array that is used again, and how many; returns whether to go on. */
type OnIds = (ids: Int32Array, count: number) => boolean;

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
  readonly #single = new Int32Array(1);

  constructor(vocabulary: Vocabulary, cacheBytes: number) {
    this.#vocabulary = vocabulary;
    this.vocabSize = vocabulary.texts.length;
    this.bosId = vocabulary.bosId;
    this.eosId = vocabulary.eosId;
    this.unkId = vocabulary.unkId;
    this.#encoder = new Encoder(vocabulary.tables, cacheBytes);
    this.#special = new SpecialTokens(vocabulary);
    this.#surfaces = new Surfaces(vocabulary);
    for (const text of vocabulary.texts) this.#longest = Math.max(this.#longest, text.length);
  }

  encode(text: string, options: EncodeOptions = DEFAULTS): Int32Array {
    checkText(text);
    checkEncodeOptions(options);
    const ids = new IntList();
    if (options.bos) ids.push(this.bosId);
    this.#forEachIds(text, options, (some, count) => {
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
    checkEncodeOptions(options);
    const ids = new IntList();
    const offsets = new IntList();
    if (options.bos) {
      ids.push(this.bosId);
      offsets.push(0);
    }
    this.#walk(text, options, Number.POSITIVE_INFINITY, ids, offsets);
    if (options.eos) {
      ids.push(this.eosId);
      offsets.push(text.length);
    }
    offsets.push(text.length);
    return { ids: ids.finish(), offsets: offsets.finish() };
  }

  count(text: string, options: EncodeOptions = DEFAULTS): number {
    return this.countUpTo(text, Number.MAX_SAFE_INTEGER, options);
  }

  countUpTo(text: string, maxTokens: number, options: EncodeOptions = DEFAULTS): number {
    checkText(text);
    requireCount("maxTokens", maxTokens);
    checkEncodeOptions(options);
    let total = this.#extra(options);
    if (total > maxTokens) return -1;
    this.#forEachIds(text, options, (_, count) => {
      total += count;
      return total <= maxTokens;
    });
    return total <= maxTokens ? total : -1;
  }

  truncate(text: string, maxTokens: number, options: TruncateOptions = DEFAULTS): string {
    checkText(text);
    requireCount("maxTokens", maxTokens);
    checkEncodeOptions(options);
    const { side = "end" } = options;
    if (side !== "end" && side !== "start") throw invalid("side", side, '"end" or "start"');
    const limit = this.#limit(maxTokens, options);
    const meter = this.#meter(options);
    return side === "end"
      ? text.slice(0, truncateEnd(meter, text, limit))
      : text.slice(truncateStart(meter, text, limit));
  }

  split(text: string, options: SplitOptions): TextPart[] {
    checkText(text);
    checkEncodeOptions(options);
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
    checkDecodeOptions(options);
    for (let index = 0; index < ids.length; index++) {
      if (!this.#hasId(ids[index] as number)) throw this.#unknownId(`ids[${index}]`, ids[index]);
    }
    return decodeAll(this.#decoder(options), ids);
  }

  createDecoder(options: DecodeOptions = DEFAULTS): TokenDecoder {
    checkDecodeOptions(options);
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
    this.#ids ??= new Map(this.#vocabulary.texts.map((text, id) => [text, id]));
    return this.#ids.get(token);
  }

  idToToken(id: number): string | undefined {
    return this.#vocabulary.texts[id];
  }

  #forEachIds(text: string, options: EncodeOptions, onIds: OnIds): void {
    const parse = options.specialTokens === "parse";
    if (this.#special.isPlain(parse)) {
      const { first, unlessSpace } = this.#vocabulary.prefix;
      const prefix = first && !(unlessSpace && /^[ ▁]/.test(text));
      if (text !== "") this.#encoder.encode(text, 0, text.length, prefix, onIds);
      return;
    }
    for (const { start, end, id, prefix } of this.#special.segments(text, parse)) {
      if (id === -1) {
        let goesOn = true;
        this.#encoder.encode(text, start, end, prefix, (ids, count) => {
          goesOn = onIds(ids, count);
          return goesOn;
        });
        if (!goesOn) return;
      } else {
        this.#single[0] = id;
        if (!onIds(this.#single, 1)) return;
      }
    }
  }

  /** Collects ids and where they begin, until there are more than the limit. */
  #walk(text: string, options: EncodeOptions, limit: number, ids: IntList, offsets: IntList): void {
    for (const segment of this.#special.segments(text, options.specialTokens === "parse")) {
      const { start, end, id, prefix } = segment;
      if (id === -1) {
        const walker = new OffsetWalker(this.#vocabulary, text, segment);
        this.#encoder.encode(text, start, end, prefix, (some, count) => {
          ids.append(some, count);
          walker.walk(some, count, offsets);
          return ids.length <= limit;
        });
      } else {
        ids.push(id);
        offsets.push(start);
      }
      if (ids.length > limit) return;
    }
  }

  #meter(options: EncodeOptions): TextMeter {
    const { specialTokens } = options;
    return {
      extra: this.#extra(options),
      longest: this.#longest,
      countUpTo: (text, limit) => this.countUpTo(text, limit, { specialTokens }),
      offsets: (text, limit) => {
        const offsets = new IntList();
        this.#walk(text, { specialTokens }, limit, new IntList(), offsets);
        offsets.push(text.length);
        return offsets.finish();
      },
    };
  }

  #extra({ bos, eos }: EncodeOptions): number {
    return (bos ? 1 : 0) + (eos ? 1 : 0);
  }

  /** What of a limit BOS and EOS leave for the text. */
  #limit(maxTokens: number, options: EncodeOptions): number {
    const extra = this.#extra(options);
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
