import type { ChatMessage } from "@llama2-kit/protocol";
import { describe } from "../describe.ts";
import { PromptError } from "../error.ts";
import { joinParagraphs } from "../message-text.ts";
import { strip } from "../python-strip.ts";
import { conversionError, requireMessages, splitExchanges } from "./text-parts.ts";

const MARK = /### (Human|Assistant):/g;

/**
 * Takes a text of guanaco's format: what each says, behind `### Human:` or `### Assistant:`.
 *
 * @param text - one line of a data set such as openassistant-guanaco
 * @returns messages for this package, stripped. Text before the first mark is the system message; parts in a row
 *   from one speaker are one message, and an answer at the end that is empty is none.
 * @throws {@link PromptError} with code `INVALID_MESSAGE` if the text has no marks
 *
 * @example
 * ```ts
 * fromGuanaco("### Human: Hi### Assistant: Hello!");
 * // [{ role: "user", content: "Hi" }, { role: "assistant", content: "Hello!" }]
 * ```
 */
export function fromGuanaco(text: string): ChatMessage[] {
  const marks = typeof text === "string" ? [...text.matchAll(MARK)] : [];
  const [first] = marks;
  if (!first) {
    const got = describe(text);
    throw new PromptError("INVALID_MESSAGE", `text is ${got}: it has no "### Human:" in it.`);
  }
  const messages: ChatMessage[] = [];
  const system = strip(text.slice(0, first.index));
  if (system !== "") messages.push({ role: "system", content: system });
  for (const [position, { 0: mark, 1: speaker, index }] of marks.entries()) {
    const content = strip(text.slice(index + mark.length, marks[position + 1]?.index));
    const role = speaker === "Human" ? "user" : "assistant";
    const before = messages.at(-1);
    if (before?.role === role) messages.pop();
    const earlier = before?.role === role ? before.content : "";
    messages.push({ role, content: joinParagraphs(earlier, content) });
  }
  const last = messages.at(-1);
  if (last?.role === "assistant" && last.content === "") messages.pop();
  return messages;
}

/**
 * Makes a text of guanaco's format.
 *
 * @param messages - a conversation
 * @returns one line of a data set; it ends where the assistant answers if the user spoke last
 * @throws {@link PromptError} with code `SPECIAL_TAG_IN_CONTENT` if a message holds one of the format's marks, or if
 *   messages are malformed, or users and assistants do not take turns
 *
 * @example
 * ```ts
 * toGuanaco([{ role: "user", content: "Hi" }]); // "### Human: Hi### Assistant:"
 * ```
 */
export function toGuanaco(messages: readonly ChatMessage[]): string {
  for (const [index, { content }] of requireMessages(messages).entries()) {
    const mark = content.match(MARK)?.[0];
    if (mark) {
      const problem = `.content has "${mark}", which the format would take for its own: remove it.`;
      throw conversionError("SPECIAL_TAG_IN_CONTENT", index, problem);
    }
  }
  const { system, exchanges } = splitExchanges(messages);
  let text = system === undefined ? "" : `${strip(system)}\n`;
  for (const { user, assistant } of exchanges) {
    text += `### Human: ${strip(user)}### Assistant:`;
    if (assistant !== undefined) text += ` ${strip(assistant)}`;
  }
  return text;
}
