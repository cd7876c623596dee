import type { ChatMessage } from "@llama2-kit/protocol";
import { describe } from "./describe.ts";
import { PromptError, type PromptErrorCode } from "./error.ts";
import { findTag } from "./tags.ts";

/** A message, and where it was among those that were passed: merging moves it, and errors must name its place. */
export interface PlacedMessage extends ChatMessage {
  readonly index: number;
}

/**
 * Refuses what only JavaScript callers can pass.
 *
 * @param messages - the conversation, as the caller passed it
 * @throws PromptError with code `INVALID_MESSAGE`, `UNSUPPORTED_ROLE` or `EMPTY_CONVERSATION`
 */
export function checkMessages(messages: readonly ChatMessage[]): void {
  if (!Array.isArray(messages)) {
    const got = describe(messages);
    throw new PromptError("INVALID_MESSAGE", `messages is ${got}: pass an array of messages.`);
  }
  if (messages.length === 0) {
    throw new PromptError(
      "EMPTY_CONVERSATION",
      "There are no messages: pass at least one, from the user.",
    );
  }
  // By index, because a sparse array's holes are skipped by forEach and must not get through.
  for (let index = 0; index < messages.length; index++) checkMessage(messages[index], index);
}

/**
 * Refuses an order of messages that Meta's code refuses.
 *
 * @param messages - messages that are well-formed
 * @param mayContinue - whether the assistant may speak last
 * @throws PromptError with a code that tells what is wrong with the order
 */
export function checkOrder(messages: readonly PlacedMessage[], mayContinue: boolean): void {
  checkSystemPlacement(messages);
  checkTurns(messages);
  checkLastMessage(messages, mayContinue);
}

/**
 * Refuses a message that holds one of the format's tags, as Meta's code does.
 *
 * @param messages - messages that are well-formed
 * @throws PromptError with code `SPECIAL_TAG_IN_CONTENT`
 */
export function checkTags(messages: readonly ChatMessage[]): void {
  messages.forEach(checkTag);
}

/**
 * @param message - a message that is well-formed
 * @param index - its place
 * @throws PromptError with code `SPECIAL_TAG_IN_CONTENT`
 */
export function checkTag({ content }: ChatMessage, index: number): void {
  const found = findTag(content);
  if (!found) return;
  throw refusal(
    "SPECIAL_TAG_IN_CONTENT",
    index,
    `.content has ${found.tag} at offset ${found.offset}, which the model would take for the format's own: ` +
      'remove it, set specialTags to "escape", or to "allow" if you trust the text.',
  );
}

/**
 * @param message - anything
 * @param index - its place
 * @throws PromptError with code `INVALID_MESSAGE` or `UNSUPPORTED_ROLE`
 */
export function checkMessage(message: unknown, index: number): void {
  if (typeof message !== "object" || message === null) {
    const got = describe(message);
    throw refusal("INVALID_MESSAGE", index, ` is ${got}: pass an object with role and content.`);
  }
  const { role, content } = message as { role?: unknown; content?: unknown };
  if (role !== "system" && role !== "user" && role !== "assistant") {
    const got = describe(role);
    throw refusal(
      "UNSUPPORTED_ROLE",
      index,
      `.role is ${got}: Llama 2 knows "system", "user" and "assistant".`,
    );
  }
  if (typeof content !== "string") {
    const got = describe(content);
    throw refusal("INVALID_MESSAGE", index, `.content is ${got}: pass the text as a string.`);
  }
}

function checkSystemPlacement(messages: readonly PlacedMessage[]): void {
  const misplaced = messages.find(({ role }, position) => position > 0 && role === "system");
  if (misplaced) {
    throw refusal(
      "MISPLACED_SYSTEM",
      misplaced.index,
      " is from the system: Llama 2 takes one such message, the first. Move its text there.",
    );
  }
  if (messages.length === 1 && messages[0]?.role === "system") {
    throw refusal("SYSTEM_ONLY", 0, " is from the system and alone: add a message from the user.");
  }
}

function checkTurns(messages: readonly PlacedMessage[]): void {
  let due = "user";
  for (const { role, index } of messages) {
    if (role === "system") continue;
    if (role !== due) {
      throw refusal(
        "ROLES_MUST_ALTERNATE",
        index,
        `.role is "${role}" where "${due}" is due: user and assistant take turns, the user first. ` +
          "Leave one out, or set mergeConsecutive to join messages of one role.",
      );
    }
    due = role === "user" ? "assistant" : "user";
  }
}

function checkLastMessage(messages: readonly PlacedMessage[], mayContinue: boolean): void {
  const last = messages.at(-1);
  if (last?.role === "assistant" && !mayContinue) {
    throw refusal(
      "LAST_MESSAGE_NOT_USER",
      last.index,
      " is the last one and from the assistant, which leaves nothing to answer: add a message from the user, " +
        "or set continueFinalMessage to have this one continued, or closeFinalMessage for a conversation to train on.",
    );
  }
}

/**
 * @param code - what is wrong
 * @param messageIndex - the message at fault
 * @param problem - what follows its name in the error's message
 * @returns an error to throw
 */
export function refusal(code: PromptErrorCode, messageIndex: number, problem: string): PromptError {
  return new PromptError(code, `messages[${messageIndex}]${problem}`, { messageIndex });
}
