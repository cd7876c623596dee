import type { ChatMessage } from "@llama2-kit/protocol";
import { describe } from "./describe.ts";
import { PromptError, type PromptErrorCode } from "./error.ts";
import type { FormatOptions, Resolved } from "./options.ts";
import { findTag } from "./tags.ts";

/**
 * Refuses what Meta's code refuses, and what only JavaScript callers can pass. Of several problems the most basic
 * one is reported: the messages themselves, then their order, then their text.
 *
 * @param messages - the conversation, as the caller passed it
 * @param options - which of the rules hold
 * @throws PromptError with any code but `INVALID_OPTION`
 */
export function checkConversation(
  messages: readonly ChatMessage[],
  options: Resolved<FormatOptions>,
): void {
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
  checkSystemPlacement(messages);
  checkTurns(messages);
  checkLastMessage(messages, options.continueFinalMessage);
  if (options.specialTags === "error") checkTags(messages);
}

function checkMessage(message: unknown, index: number): void {
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

function checkSystemPlacement(messages: readonly ChatMessage[]): void {
  const misplaced = messages.findIndex(({ role }, index) => index > 0 && role === "system");
  if (misplaced !== -1) {
    throw refusal(
      "MISPLACED_SYSTEM",
      misplaced,
      " is from the system: Llama 2 takes one such message, the first. Move its text there.",
    );
  }
  if (messages.length === 1 && messages[0]?.role === "system") {
    throw refusal("SYSTEM_ONLY", 0, " is from the system and alone: add a message from the user.");
  }
}

function checkTurns(messages: readonly ChatMessage[]): void {
  let due = "user";
  for (const [index, { role }] of messages.entries()) {
    if (role === "system") continue;
    if (role !== due) {
      throw refusal(
        "ROLES_MUST_ALTERNATE",
        index,
        `.role is "${role}" where "${due}" is due: user and assistant take turns, the user first. ` +
          "Join messages of one role, or leave one out.",
      );
    }
    due = role === "user" ? "assistant" : "user";
  }
}

function checkLastMessage(messages: readonly ChatMessage[], mayContinue: boolean): void {
  const index = messages.length - 1;
  if (messages[index]?.role === "assistant" && !mayContinue) {
    throw refusal(
      "LAST_MESSAGE_NOT_USER",
      index,
      " is the last one and from the assistant, which leaves nothing to answer: add a message from the user, " +
        "or set continueFinalMessage to have this one continued.",
    );
  }
}

function checkTags(messages: readonly ChatMessage[]): void {
  for (const [index, { content }] of messages.entries()) {
    const found = findTag(content);
    if (!found) continue;
    throw refusal(
      "SPECIAL_TAG_IN_CONTENT",
      index,
      `.content has ${found.tag} at offset ${found.offset}, which the model would take for the format's own: ` +
        'remove it, or set specialTags to "allow" if you trust the text.',
    );
  }
}

function refusal(code: PromptErrorCode, messageIndex: number, problem: string): PromptError {
  return new PromptError(code, `messages[${messageIndex}]${problem}`, { messageIndex });
}
