import type { PlacedMessage } from "./check-conversation.ts";
import { PromptError } from "./error.ts";

/**
 * @param messages - those that do not fit
 * @param problem - what the error says
 * @returns an error to throw, which names the longest message, as that is the one to shorten
 */
export function contextOverflow(messages: readonly PlacedMessage[], problem: string): PromptError {
  const longest = findLongest(messages);
  return new PromptError("CONTEXT_OVERFLOW", problem, longest && { messageIndex: longest.index });
}

/**
 * @param messages - messages
 * @returns the one with the longest text, the first of several; none if all are empty
 */
export function findLongest(messages: readonly PlacedMessage[]): PlacedMessage | undefined {
  let longest: PlacedMessage | undefined;
  for (const message of messages) {
    if (message.content.length > (longest?.content.length ?? 0)) longest = message;
  }
  return longest;
}
