import { fromShareGPT, toShareGPT } from "@llama2-kit/prompt";
import { type Message, newConversation, newMessage, titleOf } from "../chat/conversation.ts";
import { pathTo } from "../chat/tree.ts";
import type { StoredConversation } from "./conversation-store.ts";
import { Entry } from "./entry.ts";
import { readConversation } from "./read-export.ts";

/** The first fields of an export, by which it is known again. */
const FORMAT = "llama2-kit.conversations";
const VERSION = 1;

/** Largest file that is read, in bytes: all of it is in memory at once. */
export const MOST_IMPORT_BYTES: number = 256 * 2 ** 20;

/** Most conversations and messages that an import may have: a data set of millions would fill the browser. */
const MOST_CONVERSATIONS = 10_000;
const MOST_MESSAGES = 100_000;

/** Writes conversations with all their branches, as JSON. */
export function exportConversations(conversations: readonly StoredConversation[]): string {
  const plain = conversations.map(({ conversation, messages }) => ({ conversation, messages }));
  return JSON.stringify({ format: FORMAT, version: VERSION, conversations: plain }, null, 2);
}

/** Writes the branches that are shown as ShareGPT's data, a line a conversation: for training. */
export function exportShareGPT(conversations: readonly StoredConversation[]): string {
  const records = conversations.map(({ conversation, messages }) => {
    const { system, leaf } = conversation;
    const path = pathTo(new Map(messages.map((message) => [message.id, message])), leaf);
    const turns = path.map(({ role, content }) => ({ role, content }));
    return toShareGPT(system === "" ? turns : [{ role: "system", content: system }, ...turns]);
  });
  return records.map((record) => JSON.stringify(record)).join("\n");
}

/**
 * Reads an export of this app, or data in ShareGPT's format, as JSON or a record a line.
 *
 * @throws Error that says what is wrong with it
 */
export function importConversations(text: string): StoredConversation[] {
  const data = parse(text);
  if (isRecord(data) && data["format"] === FORMAT) return readOwn(data);
  const read = (Array.isArray(data) ? data : [data]).map((record, index) => {
    try {
      return fromMessages(fromShareGPT(record));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Conversation ${index + 1} is not in a form that is known here. ${reason}`);
    }
  });
  refuseMany(read);
  return read;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    try {
      if (lines.length > 1) return lines.map((line) => JSON.parse(line));
    } catch {
      // Neither is it a record a line.
    }
    throw new Error(`This file is no JSON. ${(error as Error).message}`);
  }
}

function readOwn(data: Record<string, unknown>): StoredConversation[] {
  if (data["version"] !== VERSION) {
    const version = JSON.stringify(data["version"]);
    throw new Error(`This export is of version ${version}, and this app reads ${VERSION}.`);
  }
  const entries = new Entry(data, "This file").array("conversations");
  const read = entries.map((entry, index) => readConversation(entry, `conversations[${index}]`));
  refuseMany(read);
  return read;
}

function fromMessages(turns: readonly { role: string; content: string }[]): StoredConversation {
  const system = turns[0]?.role === "system" ? turns[0].content : "";
  const conversation = newConversation(system);
  const messages: Message[] = [];
  for (const { role, content } of turns) {
    if (role !== "user" && role !== "assistant") continue;
    const parent = messages.at(-1);
    const message = newMessage(conversation.id, parent?.id ?? null, role, content);
    // In one millisecond there are many, and their order is told by their times.
    messages.push({ ...message, created: conversation.created + messages.length });
  }
  const title = titleOf(messages[0]?.content ?? "");
  return { conversation: { ...conversation, title, leaf: messages.at(-1)?.id ?? null }, messages };
}

function refuseMany(read: readonly StoredConversation[]): void {
  const messages = read.reduce((sum, conversation) => sum + conversation.messages.length, 0);
  if (read.length <= MOST_CONVERSATIONS && messages <= MOST_MESSAGES) return;
  throw new Error(
    `This file has ${read.length} conversations with ${messages} messages; at most ${MOST_CONVERSATIONS} and ${MOST_MESSAGES} can be imported.`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
