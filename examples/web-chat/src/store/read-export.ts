import type { AnswerFacts, Conversation, Message } from "../chat/conversation.ts";
import { newId } from "../chat/new-id.ts";
import type { StoredConversation } from "./conversation-store.ts";
import { Entry } from "./entry.ts";

/** Longest title that is kept: a list shows the beginning of it. */
const TITLE_LENGTH = 200;

/**
 * Reads a conversation of an export. Every id becomes a new one, so that an import never overwrites what is there.
 *
 * @param path - where it stands, for messages
 * @throws Error that names what is wrong, and where
 */
export function readConversation(value: unknown, path: string): StoredConversation {
  const entry = new Entry(value, path);
  const head = entry.entry("conversation");
  const messages = entry.array("messages").map((message, index) => {
    return new Entry(message, `${path}.messages[${index}]`);
  });
  const ids = newIds(messages);
  const id = newId();
  const read = messages.map((message) => readMessage(message, id, ids));
  refuseCircles(read, messages);
  return {
    conversation: { ...readHead(head), id, leaf: readLink(head, "leaf", ids) },
    messages: read,
  };
}

function newIds(messages: readonly Entry[]): Map<string, string> {
  const ids = new Map<string, string>();
  for (const message of messages) {
    const id = message.text("id");
    if (ids.has(id)) throw message.wrong("id", "one that no other message has");
    ids.set(id, newId());
  }
  return ids;
}

function readMessage(
  entry: Entry,
  conversation: string,
  ids: ReadonlyMap<string, string>,
): Message {
  const answer = entry.optionalEntry("answer");
  return {
    id: ids.get(entry.text("id")) ?? newId(),
    conversation,
    parent: readLink(entry, "parent", ids),
    role: entry.oneOf("role", ["user", "assistant"]),
    content: entry.text("content"),
    created: entry.time("created"),
    ...(answer && { answer: readFacts(answer) }),
  };
}

function readHead(entry: Entry): Omit<Conversation, "id" | "leaf"> {
  return {
    title: entry.text("title").slice(0, TITLE_LENGTH),
    system: entry.text("system"),
    created: entry.time("created"),
    updated: entry.time("updated"),
  };
}

const ENDINGS = [
  "stop",
  "length",
  "aborted",
  "content-filter",
  "tool-calls",
  "interrupted",
] as const;

/** The facts that are known here, and no others: they are shown. */
function readFacts(entry: Entry): AnswerFacts {
  const usage = entry.optionalEntry("usage");
  return {
    model: entry.text("model"),
    finishReason: entry.oneOf("finishReason", ENDINGS),
    ...entry.optionalNumbers(["seed", "totalMs", "timeToFirstTokenMs", "tokensPerSecond"]),
    ...(usage && {
      usage: {
        promptTokens: usage.number("promptTokens"),
        cachedTokens: usage.number("cachedTokens"),
        completionTokens: usage.number("completionTokens"),
      },
    }),
    ...(entry.has("problem") && { problem: entry.text("problem") }),
  };
}

/** The new id of the message that a field names. */
function readLink(entry: Entry, name: string, ids: ReadonlyMap<string, string>): string | null {
  if (entry.isNull(name)) return null;
  const id = ids.get(entry.text(name));
  if (id === undefined)
    throw entry.wrong(name, "the id of a message of this conversation, or null");
  return id;
}

/** A message that answers itself, by way of others, would belong to no branch. */
function refuseCircles(messages: readonly Message[], entries: readonly Entry[]): void {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const sound = new Set<string>();
  for (const [index, { id }] of messages.entries()) {
    const way = new Set<string>();
    for (let at: string | null = id; at !== null && !sound.has(at); ) {
      if (way.has(at)) throw entries[index]?.wrong("parent", "a message that came before it");
      way.add(at);
      at = byId.get(at)?.parent ?? null;
    }
    for (const known of way) sound.add(known);
  }
}
