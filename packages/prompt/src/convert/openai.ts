import type { ChatMessage } from "@llama2-kit/protocol";
import {
  type ContentPart,
  conversionError,
  convertEach,
  convertRole,
  joinTextParts,
  requireMessages,
  requireText,
} from "./text-parts.ts";

/** A message of OpenAI's chat completions, as far as it can hold what Llama 2 reads. */
export interface OpenAIMessage {
  readonly role: string;
  readonly content?: string | readonly (ContentPart | OpenAIRefusalPart)[] | null | undefined;
  readonly tool_calls?: readonly unknown[] | undefined;
  readonly function_call?: unknown;
}

/** A part in which the assistant declines. */
export interface OpenAIRefusalPart {
  readonly type: "refusal";
  readonly refusal: string;
}

const ROLES = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
} as const;

/**
 * Takes messages of OpenAI's chat completions API. Parts of text are joined; `developer` is `system`.
 *
 * @param messages - what one would pass to `client.chat.completions.create`
 * @returns messages for this package
 * @throws {@link PromptError} for images and other content that is not text (`UNSUPPORTED_CONTENT`), tools
 *   (`UNSUPPORTED_ROLE`, `UNSUPPORTED_CONTENT`), or messages that are malformed
 *
 * @example
 * ```ts
 * fromOpenAI([{ role: "user", content: [{ type: "text", text: "Hi" }] }]);
 * // [{ role: "user", content: "Hi" }]
 * ```
 */
export function fromOpenAI(messages: readonly OpenAIMessage[]): ChatMessage[] {
  return convertEach(messages, (message, index) => {
    const role = convertRole(message?.role, ROLES, index);
    const { content, tool_calls, function_call } = message;
    if ((tool_calls?.length ?? 0) > 0 || function_call) {
      const problem = " calls a tool: Llama 2 knows none. Leave the call and its result out.";
      throw conversionError("UNSUPPORTED_CONTENT", index, problem);
    }
    if (!Array.isArray(content)) return { role, content: requireText(content, "content", index) };
    const parts = content.map((part) =>
      part?.type === "refusal" ? { type: "text", text: part.refusal } : part,
    );
    return { role, content: joinTextParts(parts, index) };
  });
}

/** A message for OpenAI's API, whose type has one case per role. */
export type OpenAITextMessage = {
  [Role in ChatMessage["role"]]: { role: Role; content: string };
}[ChatMessage["role"]];

/**
 * Makes messages for OpenAI's chat completions API, and for every server that speaks it.
 *
 * @param messages - a conversation
 * @returns what one passes to `client.chat.completions.create`
 * @throws {@link PromptError} for messages that are malformed
 *
 * @example
 * ```ts
 * toOpenAI(parseChat(prompt));
 * ```
 */
export function toOpenAI(messages: readonly ChatMessage[]): OpenAITextMessage[] {
  return requireMessages(messages).map(({ role, content }) => ({ role, content }));
}
