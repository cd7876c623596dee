import type { ChatModel } from "@llama2-kit/protocol";
import { ServerError } from "./error.ts";
import { contextSizeOf } from "./model-facts.ts";

/** The longest piece of text in Llama 2's vocabulary: 16 spaces, hyphens or the like. */
const LONGEST_TOKEN = 16;

/**
 * Refuses a text that cannot fit a model's context whatever its tokens are, before these are looked for. That takes llama.cpp
 * a time that grows with the square of the length where characters are not in the vocabulary, minutes for a megabyte,
 * and nothing else is answered meanwhile.
 *
 * @param model - one that tells no `contextSize` refuses nothing
 * @param name - the field at fault
 * @param texts - their lengths count together
 * @throws ServerError `TEXT_TOO_LONG`
 *
 * @example
 * ```ts
 * refuseTooLong(model, "prompt", prompt);
 * ```
 */
export function refuseTooLong(model: ChatModel, name: string, ...texts: readonly string[]): void {
  const contextSize = contextSizeOf(model);
  if (contextSize === undefined) return;
  const most = contextSize * LONGEST_TOKEN;
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  if (length <= most) return;
  const message =
    `${name} has ${length} characters, and no more than ${most} can fit the model's context of ${contextSize} ` +
    "tokens. Send less.";
  throw new ServerError("TEXT_TOO_LONG", message, { parameter: name });
}
