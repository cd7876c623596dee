import { type EncodeOptions, resolveEncodeOptions } from "./options.ts";
import { encodePlainText, type TextTokenizer } from "./plain-text.ts";

/** How to encode a text to be continued. Every field is optional. */
export type CompletionOptions = Pick<EncodeOptions, "bos" | "bosId" | "eosId">;

/**
 * Encodes a text that a base model is to continue: BOS, then the text as it is. For Llama 2 without "Chat", which
 * knows no messages; what it writes depends on how the text goes on, so let it end without a space.
 *
 * Source: meta-llama/llama, `text_completion` in `llama/generation.py`.
 *
 * @param text - the beginning of a text
 * @param tokenizer - encodes plain text, as for `encodeChat`
 * @param options - see {@link CompletionOptions}
 * @returns the ids
 * @throws {@link PromptError} with code `INVALID_OPTION`
 *
 * @example
 * ```ts
 * encodeCompletion("The capital of Peru is", tokenizer); // 1, 450, 7483, …
 * ```
 */
export function encodeCompletion(
  text: string,
  tokenizer: TextTokenizer,
  options: CompletionOptions = {},
): Int32Array {
  const { bos, bosId, eosId } = resolveEncodeOptions(options);
  const ids = encodePlainText(tokenizer, text, [bosId, eosId]);
  return Int32Array.from(bos ? [bosId, ...ids] : ids);
}
