import { describe } from "./describe.ts";
import { fail } from "./error.ts";
import { CACHE_BYTES, MAX_CACHE_BYTES, MAX_COUNT } from "./limits.ts";

/** How to make a tokenizer. Every field is optional. */
export interface LoadOptions {
  /**
   * Bytes of memory for remembering what words encode to. Default 4 MiB, which holds some 100,000 words. The memory
   * is taken as it is needed, and never more. Below 16 KiB nothing is remembered, and encoding takes longer.
   */
  readonly cacheBytes?: number | undefined;
}

/** How to encode. Every field is optional. */
export interface EncodeOptions {
  /** Whether the ids begin with BOS. Default false. */
  readonly bos?: boolean | undefined;
  /** Whether the ids end with EOS. Default false. */
  readonly eos?: boolean | undefined;
  /**
   * What the name of a control token, such as `</s>`, is in a text.
   * - `text` (the default): text like any other, so that no user can write a token
   * - `parse`: the token
   *
   * User-defined tokens, which some fine-tunes add, are tokens in either case.
   */
  readonly specialTokens?: "text" | "parse" | undefined;
}

/** How to decode. Every field is optional. */
export interface DecodeOptions {
  /**
   * Keeps the space that encoding puts before a text. Default false. True is for a part of a text that is not its
   * beginning.
   */
  readonly keepFirstSpace?: boolean | undefined;
  /**
   * What becomes of control tokens.
   * - `skip` (the default): nothing, and ` ⁇ ` for the unknown token, as SentencePiece does
   * - `show`: their names, such as `<s>`
   */
  readonly specialTokens?: "skip" | "show" | undefined;
}

/** How to shorten a text. Every field is optional. */
export interface TruncateOptions extends EncodeOptions {
  /** Which side to cut off: the text's `end` (the default) or its `start`. */
  readonly side?: "end" | "start" | undefined;
}

/** How to cut a text into parts. */
export interface SplitOptions extends EncodeOptions {
  /** Tokens that a part has at most, BOS and EOS included. */
  readonly maxTokens: number;
  /** Tokens' worth of text, at most, that a part repeats of the one before it. Default 0; less than `maxTokens`. */
  readonly overlap?: number | undefined;
}

/** Values that options can have, by name. Undefined is as good as absent. */
const CHOICES: Readonly<Record<string, readonly unknown[]>> = {
  bos: [true, false],
  eos: [true, false],
  keepFirstSpace: [true, false],
  side: ["end", "start"],
};

/** Checks options for loading, and fills in the default. */
export function resolveCacheBytes(options: LoadOptions): number {
  const { cacheBytes = CACHE_BYTES } = checkOptions(options);
  requireCount("cacheBytes", cacheBytes, MAX_CACHE_BYTES);
  return cacheBytes;
}

/** Checks options for encoding or decoding, of which only what `specialTokens` can be differs. */
export function checkOptions<Options extends EncodeOptions | DecodeOptions | LoadOptions>(
  options: Options | undefined = {} as Options,
  specialTokens: readonly string[] = [],
): Options {
  if (typeof options !== "object" || options === null) {
    refuse("options", options, "an object, or leave it out");
  }
  for (const [name, value] of Object.entries(options)) {
    const choices = name === "specialTokens" ? specialTokens : CHOICES[name];
    if (value !== undefined && choices?.includes(value) === false) {
      refuse(name, value, choices.map(describe).join(" or "));
    }
  }
  return options;
}

export function checkText(text: unknown, name = "text"): void {
  if (typeof text !== "string") refuse(name, text, "a string");
}

/** Checks for a whole number from 0. */
export function requireCount(name: string, value: unknown, limit: number = MAX_COUNT): void {
  if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > limit) {
    refuse(name, value, `a whole number from 0 to ${limit}`);
  }
}

/** Throws, for an argument that a function does not take. */
export function refuse(name: string, value: unknown, wanted: string): never {
  fail("INVALID_ARGUMENT", `${name} is ${describe(value)}: pass ${wanted}.`);
}
