import type { ChatMessage } from "@llama2-kit/protocol";
import {
  checkMessages,
  checkOrder,
  checkTag,
  checkTags,
  type PlacedMessage,
} from "./check-conversation.ts";
import { escapeTags } from "./escape.ts";
import type { FormatOptions, Resolved } from "./options.ts";

/** An empty line, as people put between two things they say. */
const BETWEEN_MERGED = "\n\n";

/**
 * Checks a conversation, and does to it what the options ask for. Of several problems the most basic one is
 * reported: the messages themselves, then their order, then their text.
 *
 * @param messages - the conversation, as the caller passed it
 * @param options - which of the rules hold
 * @returns messages that can be framed as they are
 * @throws PromptError with the code of the first rule that does not hold
 */
export function prepareConversation(
  messages: readonly ChatMessage[],
  options: Resolved<FormatOptions>,
): PlacedMessage[] {
  checkMessages(messages);
  const placed = placeMessages(messages, options.mergeConsecutive);
  checkOrder(placed, options.continueFinalMessage || options.closeFinalMessage);
  // Before merging, so that the error tells where the caller has the tag. An empty line cannot complete a tag.
  if (options.specialTags === "error") checkTags(messages);
  if (options.specialTags !== "escape") return placed;
  return placed.map((message) => ({ ...message, content: escapeTags(message.content) }));
}

/**
 * @param messages - messages that are well-formed
 * @param merge - whether to join those in a row that have the same role
 * @returns the messages, with their places
 */
export function placeMessages(messages: readonly ChatMessage[], merge: boolean): PlacedMessage[] {
  const placed = messages.map(({ role, content }, index) => ({ role, content, index }));
  if (!merge) return placed;
  const merged: PlacedMessage[] = [];
  for (const message of placed) {
    const before = merged.at(-1);
    if (before?.role === message.role) {
      const content = `${before.content}${BETWEEN_MERGED}${message.content}`;
      merged[merged.length - 1] = { ...before, content };
    } else {
      merged.push(message);
    }
  }
  return merged;
}

/**
 * Refuses a tag in a message, or in any of those that were joined in it: by its own place, not the joined one's.
 *
 * @param placed - one of those that {@link placeMessages} returned
 * @param messages - what was passed to it
 * @throws PromptError with code `SPECIAL_TAG_IN_CONTENT`
 */
export function checkOwnTags(
  { role, index }: PlacedMessage,
  messages: readonly ChatMessage[],
): void {
  // Where nothing is joined roles alternate, and the next message is another's.
  for (let at = index; ; at++) {
    const message = messages[at];
    if (message?.role !== role) return;
    checkTag(message, at);
  }
}
