import { describe } from "./describe.ts";
import { PromptError } from "./error.ts";
import { isId, MAX_ID } from "./options.ts";

/**
 * A tokenizer, as far as a prompt needs one.
 *
 * @example
 * ```ts
 * // model: a LlamaModel of node-llama-cpp
 * const tokenizer: TextTokenizer = { encode: (text) => model.tokenize(text, false) };
 * ```
 */
export interface TextTokenizer {
  /**
   * The ids of a text, without BOS and EOS. A special token's name in the text, such as `</s>`, is text like any
   * other.
   */
  encode(text: string): ArrayLike<number>;
}

/**
 * Calls a tokenizer, and makes sure of what the prompt rests on. A tokenizer that adds BOS by itself would put one
 * into every turn, and one that reads special tokens would let users end their turn: both go unnoticed otherwise.
 *
 * @param tokenizer - as the caller passed it
 * @param text - the text to encode
 * @param reserved - ids that must not come from text
 * @returns the tokenizer's ids
 * @throws PromptError with code `INVALID_OPTION`
 */
export function encodePlainText(
  tokenizer: TextTokenizer,
  text: string,
  reserved: readonly [bosId: number, eosId: number],
): number[] {
  if (typeof tokenizer?.encode !== "function") {
    throw misfit(
      `tokenizer is ${describe(tokenizer)}: pass an object with an encode(text) method.`,
    );
  }
  const encoded = tokenizer.encode(text);
  if (typeof encoded?.length !== "number") {
    throw misfit(`tokenizer.encode() returned ${describe(encoded)}: it must return a list of ids.`);
  }
  const ids: number[] = [];
  // One by one, so that a length that is not true ends at the first id that is missing.
  for (let index = 0; index < encoded.length; index++) {
    const id = encoded[index];
    if (!isId(id)) {
      throw misfit(
        `tokenizer.encode() returned ${describe(id)} as an id: it must be an integer from 0 to ${MAX_ID}.`,
      );
    }
    if (id === reserved[0] || id === reserved[1]) {
      const name = id === reserved[0] ? "BOS" : "EOS";
      throw misfit(
        `tokenizer.encode() returned ${name} (${id}) for a text: turn off the tokens it adds by itself, ` +
          "and have it read special tokens as text.",
      );
    }
    ids.push(id);
  }
  return ids;
}

function misfit(message: string): PromptError {
  return new PromptError("INVALID_OPTION", message);
}
