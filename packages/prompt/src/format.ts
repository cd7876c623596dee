import type { ChatMessage } from "@llama2-kit/protocol";
import type { FormatOptions } from "./options.ts";
import { type ChatSegment, chatSegments } from "./segments.ts";
import { BOS_TEXT, EOS_TEXT } from "./tags.ts";

/**
 * Lays out a conversation as Llama 2's prompt, with BOS and EOS written as `<s>` and `</s>`: for whatever takes
 * a prompt as text and reads those two as tokens.
 *
 * Such a reader also takes a `<s>` that a user typed for BOS. Where ids can be passed instead, {@link encodeChat}
 * rules that out.
 *
 * @param messages - the conversation: at most one system message, first, then user and assistant in turn
 * @param options - see {@link FormatOptions}
 * @returns the prompt, up to where the model's answer begins
 * @throws {@link PromptError} if the conversation or an option is not one that the format has
 *
 * @example
 * ```ts
 * formatChat([
 *   { role: "system", content: "Answer in one word." },
 *   { role: "user", content: "What is the capital of Peru?" },
 * ]);
 * // "<s>[INST] <<SYS>>\nAnswer in one word.\n<</SYS>>\n\nWhat is the capital of Peru? [/INST]"
 * ```
 */
export function formatChat(messages: readonly ChatMessage[], options: FormatOptions = {}): string {
  return joinSegments(chatSegments(messages, options));
}

/**
 * @param segments - the segments of a prompt
 * @returns the prompt as text
 */
export function joinSegments(segments: readonly ChatSegment[]): string {
  let prompt = "";
  for (const { text, bos, eos } of segments) {
    prompt += `${bos ? BOS_TEXT : ""}${text}${eos ? EOS_TEXT : ""}`;
  }
  return prompt;
}
