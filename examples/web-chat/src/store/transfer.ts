import {
  type Conversation,
  type Message,
  newConversation,
  newMessage,
  titleOf,
} from "../chat/conversation.ts";
import { newId } from "../chat/new-id.ts";
import { pathTo } from "../chat/tree.ts";
import type { StoredConversation } from "./conversation-store.ts";

/** The first fields of an export, by which it is known again. */
const FORMAT = "llama2-kit.conversations";
const VERSION = 1;

/** Most conversations and messages that an import may have: a data set of millions would fill the browser. */
const MOST_CONVERSATIONS = 10_000;
const MOST_MESSAGES = 100_000;

/** Writes conversations with all their branches, as JSON. */
export function exportConversations(conversations: readonly StoredConversation[]): string {
  const plain = conversations.map(({ conversation, messages }) => ({ conversation, messages }));
  return JSON.stringify({ format: FORMAT, version: VERSION, conversations: plain }, null, 2);
}

/** Writes the branches that are shown as ShareGPT's data, a line a conversation: for training. */
export async function exportShareGPT(
  conversations: readonly StoredConversation[],
): Promise<string> {
  const { toShareGPT } = await import("./prompt-tools.ts");
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
export async function importConversations(text: string): Promise<StoredConversation[]> {
  const data = parse(text);
  if (isRecord(data) && data["format"] === FORMAT) return readOwn(data);
  const { fromShareGPT } = await import("./prompt-tools.ts");
  const records = Array.isArray(data) ? data : [data];
  refuseMany(records.length, 0);
  return records.map((record, index) => {
    try {
      return fromMessages(fromShareGPT(record));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Conversation ${index + 1} is not in a form that is known here. ${reason}`);
    }
  });
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
    throw new Error(`This export is of version ${data["version"]}, and this app reads ${VERSION}.`);
  }
  const entries = Array.isArray(data["conversations"]) ? data["conversations"] : [];
  const read = entries.map(readConversation);
  refuseMany(
    read.length,
    read.reduce((sum, { messages }) => sum + messages.length, 0),
  );
  return read;
}

/** Every id becomes a new one, so that an import never overwrites what is there. */
function readConversation(entry: unknown): StoredConversation {
  const { conversation, messages } = isRecord(entry) ? entry : {};
  if (!isRecord(conversation) || !Array.isArray(messages)) {
    throw new Error("A conversation in this file lacks its messages.");
  }
  const ids = new Map<unknown, string>();
  for (const message of messages) if (isRecord(message)) ids.set(message["id"], newId());
  const id = newId();
  const read = messages.filter(isRecord).map((message): Message => {
    const { content, role, created, answer } = message;
    if (typeof content !== "string" || (role !== "user" && role !== "assistant")) {
      throw new Error("A message in this file lacks its text, or who said it.");
    }
    return {
      id: ids.get(message["id"]) ?? newId(),
      conversation: id,
      parent: ids.get(message["parent"]) ?? null,
      role,
      content,
      created: toTime(created),
      ...(isRecord(answer) && { answer: answer as unknown as NonNullable<Message["answer"]> }),
    };
  });
  return {
    conversation: { ...readHead(conversation), id, leaf: ids.get(conversation["leaf"]) ?? null },
    messages: read,
  };
}

function readHead({ title, system, created, updated }: Record<string, unknown>): Conversation {
  return {
    ...newConversation(typeof system === "string" ? system : ""),
    title: typeof title === "string" ? title : "",
    created: toTime(created),
    updated: toTime(updated),
  };
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

function refuseMany(conversations: number, messages: number): void {
  if (conversations <= MOST_CONVERSATIONS && messages <= MOST_MESSAGES) return;
  throw new Error(
    `This file has ${conversations} conversations with ${messages} messages; at most ${MOST_CONVERSATIONS} and ${MOST_MESSAGES} can be imported.`,
  );
}

function toTime(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : Date.now();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
