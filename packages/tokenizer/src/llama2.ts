/**
 * Llama 2's own vocabulary, with nothing to load.
 *
 * @packageDocumentation
 */
import { makeTokenizer } from "./bpe-tokenizer.ts";
import { makeTables } from "./encoder.ts";
import { mergesByScore } from "./merges-by-score.ts";
import { type LoadOptions, resolveCacheBytes } from "./options.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { ranksOfLlama2, unpackLlama2 } from "./unpack-llama2.ts";
import { PREFIX_WHOLE_TEXTS, type Vocabulary } from "./vocabulary.ts";

export type { LoadOptions } from "./options.ts";
export type { Tokenizer } from "./tokenizer.ts";

let vocabulary: Vocabulary | undefined;
let shared: Tokenizer | undefined;

/**
 * The tokenizer of Llama 2, with the vocabulary of 32,000 pieces that every model of the family has. It is made on the
 * first call, and is the same one on every later call.
 *
 * @param options - see {@link LoadOptions}; with any, the tokenizer is a new one on the same vocabulary
 * @returns the tokenizer
 * @throws TokenizerError if an option is out of range
 *
 * @example
 * ```ts
 * import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";
 *
 * llama2Tokenizer().encode("Hello"); // Int32Array [15043]
 * ```
 */
export function llama2Tokenizer(options?: LoadOptions): Tokenizer {
  vocabulary ??= makeVocabulary();
  if (options) return makeTokenizer(vocabulary, resolveCacheBytes(options));
  shared ??= makeTokenizer(vocabulary, resolveCacheBytes({}));
  return shared;
}

function makeVocabulary(): Vocabulary {
  const pieces = unpackLlama2();
  const ranks = ranksOfLlama2(pieces);
  return {
    ...pieces,
    tables: makeTables(pieces, (symbols) => mergesByScore(symbols, ranks)),
    unkId: 0,
    bosId: 1,
    eosId: 2,
    prefix: PREFIX_WHOLE_TEXTS,
  };
}
