import type { ChatMessage } from "@llama2-kit/protocol";
import { describe } from "../describe.ts";
import { PromptError } from "../error.ts";
import {
  convertEach,
  convertRole,
  requireArray,
  requireMessages,
  requireText,
} from "./text-parts.ts";

/** A record of a data set in ShareGPT's format. */
export interface ShareGPTRecord {
  readonly conversations: readonly ShareGPTMessage[];
  /** The system message, in data sets that have it beside the conversation. */
  readonly system?: string | null | undefined;
}

/** A message of ShareGPT's format. */
export interface ShareGPTMessage {
  readonly from: string;
  readonly value: string;
}

/** The names that data sets have for them. */
const ROLES = {
  system: "system",
  human: "user",
  user: "user",
  gpt: "assistant",
  assistant: "assistant",
  chatgpt: "assistant",
  bing: "assistant",
  bard: "assistant",
} as const;
const NAMES = { system: "system", user: "human", assistant: "gpt" } as const;

/**
 * Takes a record of ShareGPT's format, in which many data sets for fine-tuning come.
 *
 * @param record - one line of the data set
 * @returns messages for this package, the system message first: of two of them none is left out. For the prompt of a finished conversation, see `encodeChat` and its spans.
 * @throws {@link PromptError} for tools (`UNSUPPORTED_ROLE`), or a record that is malformed
 *
 * @example
 * ```ts
 * fromShareGPT({ conversations: [{ from: "human", value: "Hi" }] }); // [{ role: "user", content: "Hi" }]
 * ```
 */
export function fromShareGPT(record: ShareGPTRecord): ChatMessage[] {
  requireArray(record?.conversations, "conversations");
  const { conversations, system } = record;
  const messages = convertEach(conversations, (message, index) => {
    const role = convertRole(message?.from, ROLES, index);
    return { role, content: requireText(message.value, "value", index) };
  });
  const content = system ?? "";
  if (typeof content !== "string") {
    throw new PromptError("INVALID_MESSAGE", `system is ${describe(content)}: pass a text.`);
  }
  return content === "" ? messages : [{ role: "system", content }, ...messages];
}

/**
 * Makes a record of ShareGPT's format.
 *
 * @param messages - a conversation
 * @returns one line of a data set, for `JSON.stringify`
 * @throws {@link PromptError} for messages that are malformed
 *
 * @example
 * ```ts
 * toShareGPT([{ role: "user", content: "Hi" }]); // { conversations: [{ from: "human", value: "Hi" }] }
 * ```
 */
export function toShareGPT(messages: readonly ChatMessage[]): ShareGPTRecord {
  const conversations = requireMessages(messages).map(({ role, content }) => {
    return { from: NAMES[role], value: content };
  });
  return { conversations };
}
