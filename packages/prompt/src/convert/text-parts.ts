import type { ChatMessage, ChatRole } from "@llama2-kit/protocol";
import { checkMessage } from "../check-conversation.ts";
import { describe } from "../describe.ts";
import { PromptError, type PromptErrorCode } from "../error.ts";

/** A part of a message's content in another library: text if its type says so. */
export interface ContentPart {
  readonly type: string;
  readonly text?: unknown;
}

/**
 * Joins what a message says, and refuses what Llama 2 cannot read, so that nothing gets lost unnoticed.
 *
 * @param parts - a message's parts
 * @param index - the message's place
 * @param skipped - types of parts that say nothing to a model
 * @returns their text
 * @throws PromptError with code `UNSUPPORTED_CONTENT`
 */
export function joinTextParts(
  parts: readonly (string | ContentPart)[],
  index: number,
  skipped: ReadonlySet<string> = new Set(),
): string {
  let text = "";
  for (const [position, part] of parts.entries()) {
    if (typeof part === "string") {
      text += part;
    } else if (part?.type === "text" && typeof part.text === "string") {
      text += part.text;
    } else if (!skipped.has(part?.type)) {
      const what = part?.type === "text" ? `text of ${describe(part.text)}` : describe(part?.type);
      throw conversionError(
        "UNSUPPORTED_CONTENT",
        index,
        ` has a part (${position}) of type ${what}: Llama 2 reads text alone. Leave it out, or put it in words.`,
      );
    }
  }
  return text;
}

/**
 * @param role - a message's role in another library
 * @param roles - what it is called here
 * @param index - the message's place
 * @returns the role
 * @throws PromptError with code `UNSUPPORTED_ROLE`
 */
export function convertRole(
  role: unknown,
  roles: Readonly<Record<string, ChatRole>>,
  index: number,
): ChatRole {
  const converted = Object.entries(roles).find(([name]) => name === role)?.[1];
  if (converted) return converted;
  const known = Object.keys(roles).map((name) => `"${name}"`);
  throw conversionError(
    "UNSUPPORTED_ROLE",
    index,
    ` is from ${describe(role)}: Llama 2 has no place for it. There are ${known.join(", ")}.`,
  );
}

/**
 * @param messages - another library's messages, or anything
 * @param convert - makes one of ours of each, or throws
 * @returns messages for this package
 * @throws PromptError with code `INVALID_MESSAGE`
 */
export function convertEach<Message>(
  messages: readonly Message[],
  convert: (message: Message, index: number) => ChatMessage,
): ChatMessage[] {
  requireArray(messages, "messages");
  const converted: ChatMessage[] = [];
  // By index, because map skips a sparse array's holes and leaves them in its result.
  for (let index = 0; index < messages.length; index++) {
    converted.push(convert(messages[index] as Message, index));
  }
  return converted;
}

/**
 * @param messages - messages of this package, or anything. There may be none.
 * @returns the messages, which are well-formed
 * @throws PromptError with code `INVALID_MESSAGE` or `UNSUPPORTED_ROLE`
 */
export function requireMessages(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  requireArray(messages, "messages");
  for (let index = 0; index < messages.length; index++) checkMessage(messages[index], index);
  return messages;
}

/**
 * @param list - anything
 * @param name - its name
 * @throws PromptError with code `INVALID_MESSAGE`
 */
export function requireArray(list: unknown, name: string): void {
  if (Array.isArray(list)) return;
  throw new PromptError("INVALID_MESSAGE", `${name} is ${describe(list)}: pass an array.`);
}

/**
 * @param text - what should be a text
 * @param name - its name
 * @param index - the message's place
 * @returns the text
 * @throws PromptError with code `INVALID_MESSAGE`
 */
export function requireText(text: unknown, name: string, index: number): string {
  if (typeof text === "string") return text;
  throw conversionError("INVALID_MESSAGE", index, `.${name} is ${describe(text)}: pass a text.`);
}

/**
 * @param code - what is wrong
 * @param messageIndex - the message at fault
 * @param problem - what follows its name in the error's message
 * @returns an error to throw
 */
export function conversionError(
  code: PromptErrorCode,
  messageIndex: number,
  problem: string,
): PromptError {
  return new PromptError(code, `messages[${messageIndex}]${problem}`, { messageIndex });
}

/** A question, and its answer if there is one. */
export interface Exchange {
  readonly user: string;
  readonly assistant: string | undefined;
}

/**
 * Splits a conversation for formats that have no list of messages.
 *
 * @param messages - a conversation whose users and assistants take turns
 * @returns the system message, and the exchanges
 * @throws PromptError with code `ROLES_MUST_ALTERNATE`, or for a message that is malformed
 */
export function splitExchanges(messages: readonly ChatMessage[]): {
  system: string | undefined;
  exchanges: Exchange[];
} {
  requireMessages(messages);
  const system = messages[0]?.role === "system" ? messages[0].content : undefined;
  const said = system === undefined ? messages : messages.slice(1);
  const exchanges: Exchange[] = [];
  for (const [position, { role }] of said.entries()) {
    const due = position % 2 === 0 ? "user" : "assistant";
    if (role !== due) {
      const index = position + messages.length - said.length;
      throw conversionError("ROLES_MUST_ALTERNATE", index, ` is from "${role}": "${due}" is due.`);
    }
    if (due === "user") {
      const user = said[position]?.content ?? "";
      exchanges.push({ user, assistant: said[position + 1]?.content });
    }
  }
  return { system, exchanges };
}
