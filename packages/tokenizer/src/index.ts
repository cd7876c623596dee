/**
 * Llama 2's tokenizer: exact, fast, and for browsers too.
 *
 * @packageDocumentation
 */
export { TokenizerError, type TokenizerErrorCode } from "./error.ts";
export { loadTokenizer } from "./load.ts";
export type {
  DecodeOptions,
  EncodeOptions,
  LoadOptions,
  SplitOptions,
  TruncateOptions,
} from "./options.ts";
export type { EncodedText, TextPart, TokenDecoder, Tokenizer } from "./tokenizer.ts";
