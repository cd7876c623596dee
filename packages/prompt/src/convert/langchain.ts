import type { ChatMessage } from "@llama2-kit/protocol";
import {
  type ContentPart,
  conversionError,
  convertEach,
  convertRole,
  joinTextParts,
  requireArray,
  requireMessages,
} from "./text-parts.ts";

/** A message object of LangChain, as far as this package reads it. */
export interface LangChainMessageLike {
  /** `human`, `ai`, `system`, or another. */
  getType(): string;
  readonly content: string | readonly (string | ContentPart)[];
  readonly tool_calls?: readonly unknown[] | undefined;
  /** Those that could not be parsed. */
  readonly invalid_tool_calls?: readonly unknown[] | undefined;
  /** Where a message that was made by hand, or saved by an older version, has its calls. */
  readonly additional_kwargs?:
    | { readonly tool_calls?: readonly unknown[] | undefined; readonly function_call?: unknown }
    | undefined;
  /** Of a `ChatMessage`, whose type is `generic`. */
  readonly role?: string | undefined;
}

/** A message that LangChain's models take in place of a message object. (LangChain's types refuse an interface.) */
export type LangChainTextMessage = {
  type: "system" | "human" | "ai";
  content: string;
};

const ROLES = {
  system: "system",
  developer: "system",
  human: "user",
  user: "user",
  ai: "assistant",
  assistant: "assistant",
} as const;
const TYPES = { system: "system", user: "human", assistant: "ai" } as const;

/**
 * Takes message objects of LangChain. Blocks of text are joined, and blocks of reasoning left out.
 *
 * @param messages - `SystemMessage`, `HumanMessage` and `AIMessage`, or `ChatMessage` with one of these roles
 * @returns messages for this package
 * @throws {@link PromptError} for images and tools (`UNSUPPORTED_CONTENT`, `UNSUPPORTED_ROLE`), or messages that
 *   are malformed
 *
 * @example
 * ```ts
 * fromLangChain([new HumanMessage("Hi")]); // [{ role: "user", content: "Hi" }]
 * ```
 */
export function fromLangChain(messages: readonly LangChainMessageLike[]): ChatMessage[] {
  return convertEach(messages, (message, index) => {
    if (typeof message?.getType !== "function") {
      const problem = " is no message object of LangChain: it has no getType().";
      throw conversionError("INVALID_MESSAGE", index, problem);
    }
    const type = message.getType();
    const role = convertRole(type === "generic" ? message.role : type, ROLES, index);
    if (callsTool(message)) {
      const problem = " calls a tool: Llama 2 knows none. Leave the call and its result out.";
      throw conversionError("UNSUPPORTED_CONTENT", index, problem);
    }
    const { content } = message;
    if (typeof content === "string") return { role, content };
    requireArray(content, `messages[${index}].content`);
    return { role, content: joinTextParts(content, index, new Set(["reasoning"])) };
  });
}

/**
 * Makes messages that every LangChain model takes: plain objects, as this package imports none of LangChain.
 *
 * @param messages - a conversation
 * @returns what one passes to a chat model's `invoke`
 * @throws {@link PromptError} for messages that are malformed
 *
 * @example
 * ```ts
 * await model.invoke(toLangChain([{ role: "user", content: "Hi" }]));
 * ```
 */
export function toLangChain(messages: readonly ChatMessage[]): LangChainTextMessage[] {
  return requireMessages(messages).map(({ role, content }) => ({ type: TYPES[role], content }));
}

function callsTool(message: LangChainMessageLike): boolean {
  const { tool_calls, invalid_tool_calls, additional_kwargs } = message;
  const calls = [tool_calls, invalid_tool_calls, additional_kwargs?.tool_calls];
  return calls.some((list) => (list?.length ?? 0) > 0) || Boolean(additional_kwargs?.function_call);
}
