/**
 * Functions for code that was written for the npm package `gpt-tokenizer`.
 *
 * @packageDocumentation
 */
import type { EncodeOptions } from "./options.ts";
import type { Tokenizer } from "./tokenizer.ts";

export type { EncodeOptions } from "./options.ts";
export type { Tokenizer } from "./tokenizer.ts";

/** The functions of the npm package `gpt-tokenizer`, for a Llama 2 tokenizer. Each can be passed around by itself. */
export interface GptTokenizerFunctions {
  /** The ids of a text. */
  encode(text: string, options?: EncodeOptions): number[];
  /** The text of ids. */
  decode(ids: Iterable<number>): string;
  /** How many ids a text has. */
  countTokens(text: string, options?: EncodeOptions): number;
  /** The number of ids of a text, or false if they are more than the limit. */
  isWithinTokenLimit(text: string, limit: number, options?: EncodeOptions): number | false;
  /** The text of ids, part by part. */
  decodeGenerator(ids: Iterable<number>): Generator<string, void, undefined>;
  /** The text of ids, as they come. */
  decodeAsyncGenerator(ids: AsyncIterable<number>): AsyncGenerator<string, void, undefined>;
}

/**
 * Makes the functions that `gpt-tokenizer` exports, so that code written for it also takes Llama 2.
 *
 * Unlike there, the name of a special token in a text is text, and not an error.
 *
 * @param tokenizer - the tokenizer that they use
 *
 * @example
 * ```ts
 * import { createGptTokenizerFunctions } from "@llama2-kit/tokenizer/gpt";
 *
 * const { encode, isWithinTokenLimit } = createGptTokenizerFunctions(tokenizer);
 * encode("Hello"); // [15043]
 * isWithinTokenLimit("Hello you", 1); // false
 * ```
 */
export function createGptTokenizerFunctions(tokenizer: Tokenizer): GptTokenizerFunctions {
  return {
    encode: (text, options) => Array.from(tokenizer.encode(text, options)),
    decode: (ids) => tokenizer.decode(Array.from(ids)),
    countTokens: (text, options) => tokenizer.count(text, options),
    isWithinTokenLimit: (text, limit, options) => {
      const count = tokenizer.countUpTo(text, limit, options);
      return count === -1 ? false : count;
    },
    *decodeGenerator(ids) {
      const decoder = tokenizer.createDecoder();
      for (const id of ids) {
        const text = decoder.push(id);
        if (text !== "") yield text;
      }
      const rest = decoder.flush();
      if (rest !== "") yield rest;
    },
    async *decodeAsyncGenerator(ids) {
      const decoder = tokenizer.createDecoder();
      for await (const id of ids) {
        const text = decoder.push(id);
        if (text !== "") yield text;
      }
      const rest = decoder.flush();
      if (rest !== "") yield rest;
    },
  };
}
