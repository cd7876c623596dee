import type { ChatMessage, ChatRole } from "@llama2-kit/protocol";
import { invalidOption } from "../options.ts";
import {
  type ContentPart,
  convertEach,
  convertRole,
  joinTextParts,
  requireArray,
  requireMessages,
} from "./text-parts.ts";

/** A message of the Vercel AI SDK's `useChat`, as far as this package reads it. */
export interface UIMessageLike {
  readonly role: string;
  readonly parts: readonly ContentPart[];
}

/** A message for the Vercel AI SDK's `useChat`. */
export interface UITextMessage {
  id: string;
  role: ChatRole;
  parts: { type: "text"; text: string }[];
}

const ROLES = { system: "system", user: "user", assistant: "assistant" } as const;

/** What shows in a user interface and is not part of the conversation. */
const NOT_SAID = new Set(["step-start", "reasoning", "source-url", "source-document"]);

/**
 * Takes UI messages of the Vercel AI SDK (version 5 or newer). Parts of text are joined. Reasoning, sources, marks
 * of steps and an app's own `data-` parts are left out, as they are not passed to models.
 *
 * @param messages - the messages of `useChat`, or those that it sends to a server
 * @returns messages for this package
 * @throws {@link PromptError} for files and tools (`UNSUPPORTED_CONTENT`), or messages that are malformed
 *
 * @example
 * ```ts
 * fromUIMessages([{ role: "user", parts: [{ type: "text", text: "Hi" }] }]);
 * // [{ role: "user", content: "Hi" }]
 * ```
 */
export function fromUIMessages(messages: readonly UIMessageLike[]): ChatMessage[] {
  return convertEach(messages, (message, index) => {
    const role = convertRole(message?.role, ROLES, index);
    requireArray(message.parts, `messages[${index}].parts`);
    const parts = message.parts.filter((part) => !isAppData(part?.type));
    return { role, content: joinTextParts(parts, index, NOT_SAID) };
  });
}

/**
 * Makes UI messages for the Vercel AI SDK.
 *
 * @param messages - a conversation
 * @param createId - makes the id of each message. Default: its index, which is unique in one conversation.
 * @returns what one passes to `useChat` as `messages`
 * @throws {@link PromptError} for messages that are malformed, or a `createId` that is no function
 *
 * @example
 * ```ts
 * toUIMessages([{ role: "user", content: "Hi" }], () => crypto.randomUUID());
 * ```
 */
export function toUIMessages(
  messages: readonly ChatMessage[],
  createId: (index: number) => string = String,
): UITextMessage[] {
  if (typeof createId !== "function") throw invalidOption("createId", createId, "a function");
  return requireMessages(messages).map(({ role, content }, index) => {
    return { id: createId(index), role, parts: [{ type: "text", text: content }] };
  });
}

function isAppData(type: unknown): boolean {
  return typeof type === "string" && type.startsWith("data-");
}
