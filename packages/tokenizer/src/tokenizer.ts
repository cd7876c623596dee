import type { DecodeOptions, EncodeOptions, SplitOptions, TruncateOptions } from "./options.ts";

/** Ids, and the part of the text that each stands for. */
export interface EncodedText {
  readonly ids: Int32Array;
  /**
   * One more than there are ids. The id at index `i` stands for `text.slice(offsets[i], offsets[i + 1])`, so the parts
   * cover the text without gap or overlap. A character that takes several ids belongs to the first of them, and the
   * others get nothing, as do BOS, EOS and a space that the text does not have.
   */
  readonly offsets: Int32Array;
}

/** A part of a text that was split. */
export interface TextPart {
  /** `whole.slice(start, end)`. */
  readonly text: string;
  /** Where it begins in the whole: an index into the string. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
  /** How many ids it encodes to, with the options that it was split with. */
  readonly tokens: number;
}

/** Turns ids into text as they come, for text that is shown while it is generated. */
export interface TokenDecoder {
  /**
   * Takes the next id.
   *
   * @param id - an id of the vocabulary
   * @returns the text that is certain now; empty while a character's bytes are incomplete
   * @throws TokenizerError if there is no such id
   */
  push(id: number): string;
  /**
   * Ends the text. The decoder can then be used for another one.
   *
   * @returns what was held back: U+FFFD for each byte of a character that never became complete
   */
  flush(): string;
}

/** A vocabulary, and what can be done with it. Made by `loadTokenizer`, or by `llama2Tokenizer`. */
export interface Tokenizer {
  /** How many ids there are. They begin with 0. */
  readonly vocabSize: number;
  /** The id of BOS, which begins a text. Llama 2's is 1. */
  readonly bosId: number;
  /** The id of EOS, which ends an answer. Llama 2's is 2. */
  readonly eosId: number;
  /** The id for what is unknown. Llama 2's is 0. No text is encoded to it. */
  readonly unkId: number;

  /**
   * Encodes a text to the ids that SentencePiece gives it. A surrogate that is not in a pair counts as U+FFFD.
   *
   * @param text - any string
   * @param options - see {@link EncodeOptions}
   * @returns the ids; none for an empty text
   * @throws TokenizerError if an argument is not what it should be
   */
  encode(text: string, options?: EncodeOptions): Int32Array;
  /**
   * Encodes several texts.
   *
   * @param texts - the texts
   * @param options - see {@link EncodeOptions}
   * @returns the ids of each
   */
  encodeBatch(texts: readonly string[], options?: EncodeOptions): Int32Array[];
  /**
   * Encodes a text, and says what part of it each id stands for.
   *
   * @param text - any string
   * @param options - see {@link EncodeOptions}
   */
  encodeWithOffsets(text: string, options?: EncodeOptions): EncodedText;
  /**
   * Counts the ids of a text, without making them.
   *
   * @param text - any string
   * @param options - see {@link EncodeOptions}
   */
  count(text: string, options?: EncodeOptions): number;
  /**
   * Says whether a text has at most so many ids, and how many. Stops reading a text that has more.
   *
   * @param text - any string
   * @param maxTokens - the limit
   * @param options - see {@link EncodeOptions}
   * @returns the number of ids; -1 if they are more than the limit
   */
  countUpTo(text: string, maxTokens: number, options?: EncodeOptions): number;
  /**
   * Shortens a text until it encodes to at most so many ids. It is cut between tokens, and never inside a character.
   *
   * @param text - any string
   * @param maxTokens - the limit, BOS and EOS included if the options ask for them
   * @param options - see {@link TruncateOptions}
   * @returns the text's beginning, or its end
   * @throws TokenizerError if the limit does not even hold BOS and EOS
   */
  truncate(text: string, maxTokens: number, options?: TruncateOptions): string;
  /**
   * Cuts a text into parts that encode to at most so many ids each. Without overlap the parts joined are the text.
   *
   * @param text - any string
   * @param options - see {@link SplitOptions}
   * @returns the parts, in order; none for an empty text
   * @throws TokenizerError if a single character has more ids than the limit
   */
  split(text: string, options: SplitOptions): TextPart[];

  /**
   * Decodes ids to the text that SentencePiece makes of them. Bytes that make no character become U+FFFD, one each.
   *
   * @param ids - ids of the vocabulary
   * @param options - see {@link DecodeOptions}
   * @throws TokenizerError if one of them is none
   */
  decode(ids: ArrayLike<number>, options?: DecodeOptions): string;
  /**
   * Makes a decoder that takes one id at a time. Its texts joined are what `decode` returns for all ids.
   *
   * @param options - see {@link DecodeOptions}
   */
  createDecoder(options?: DecodeOptions): TokenDecoder;

  /**
   * Looks a token up by its name in the vocabulary, where spaces are written `▁` (U+2581).
   *
   * @returns its id, or undefined
   */
  tokenToId(token: string): number | undefined;
  /**
   * The name of a token, where spaces are written `▁` (U+2581).
   *
   * @returns its name, or undefined if there is no such id
   */
  idToToken(id: number): string | undefined;
}
