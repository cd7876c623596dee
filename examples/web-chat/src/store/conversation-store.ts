import type { Change } from "../chat/chat-controller.ts";
import type { Conversation, Message, Trace } from "../chat/conversation.ts";
import { openDatabase, STORES, settle, written } from "./database.ts";

/** A conversation with all of its messages. */
export interface StoredConversation {
  readonly conversation: Conversation;
  readonly messages: readonly Message[];
  readonly traces?: readonly Trace[];
}

/** A conversation in which something was found. */
export interface Found {
  readonly conversation: Conversation;
  /** What stands around it, in a message; absent where it is in the title. */
  readonly excerpt?: string;
}

/** What one tab tells the others. */
interface Note {
  readonly conversation: string;
}

/**
 * Keeps the conversations in the browser. Each message is kept by itself, so that two tabs which write to one
 * conversation do not overwrite each other.
 */
export class ConversationStore {
  readonly #database: Promise<IDBDatabase>;
  readonly #channel = new BroadcastChannel("llama2-kit.conversations");

  constructor(factory: IDBFactory = indexedDB) {
    this.#database = openDatabase(factory);
  }

  /** Calls back when a conversation has changed in another tab. */
  onForeignChange(listener: (conversation: string) => void): void {
    this.#channel.onmessage = ({ data }: MessageEvent<Note>) => listener(data.conversation);
  }

  /** All conversations, the newest first. */
  async list(): Promise<Conversation[]> {
    const database = await this.#database;
    const store = database.transaction("conversations").objectStore("conversations");
    const kept: Conversation[] = await settle(store.getAll());
    // A damaged one is listed all the same: there is a way on from it.
    const all = kept.map((one) => ({ ...one, title: String(one.title ?? "") }));
    return all.sort((a, b) => b.updated - a.updated);
  }

  async load(id: string): Promise<StoredConversation | undefined> {
    const transaction = (await this.#database).transaction(STORES);
    const conversations = transaction.objectStore("conversations");
    const messages = transaction.objectStore("messages").index("conversation");
    const [conversation, found] = await Promise.all([
      settle<Conversation | undefined>(conversations.get(id)),
      settle<Message[]>(messages.getAll(id)),
    ]);
    return conversation && { conversation, messages: found };
  }

  async save({ conversation, put = [], remove = [], trace }: Change): Promise<void> {
    const transaction = (await this.#database).transaction(STORES, "readwrite");
    transaction.objectStore("conversations").put(conversation);
    for (const message of put) transaction.objectStore("messages").put(message);
    if (trace) transaction.objectStore("traces").put(trace);
    for (const id of remove) {
      transaction.objectStore("messages").delete(id);
      transaction.objectStore("traces").delete(id);
    }
    await written(transaction);
    this.#tell(conversation.id);
  }

  /** Puts a text into an answer that was under way when its page went, where the message is still there. */
  async mend(message: Message): Promise<void> {
    const transaction = (await this.#database).transaction("messages", "readwrite");
    const store = transaction.objectStore("messages");
    const kept: Message | undefined = await settle(store.get(message.id));
    if (kept && !kept.answer) {
      if (message.content === "") store.delete(message.id);
      else store.put(message);
    }
    await written(transaction);
  }

  /** The tokens of an answer. */
  async trace(message: string): Promise<Trace | undefined> {
    const store = (await this.#database).transaction("traces").objectStore("traces");
    return settle<Trace | undefined>(store.get(message));
  }

  /** Deletes a conversation. @returns what it was, so that it can be taken back */
  async delete(id: string): Promise<StoredConversation | undefined> {
    const kept = await this.load(id);
    const transaction = (await this.#database).transaction(STORES, "readwrite");
    transaction.objectStore("conversations").delete(id);
    const traces: Trace[] = [];
    for (const { id: message } of kept?.messages ?? []) {
      transaction.objectStore("messages").delete(message);
      const store = transaction.objectStore("traces");
      const trace: Trace | undefined = await settle(store.get(message));
      if (trace) traces.push(trace);
      store.delete(message);
    }
    await written(transaction);
    this.#tell(id);
    return kept && { ...kept, traces };
  }

  /** Adds conversations, with all that belongs to them. */
  async add(conversations: readonly StoredConversation[]): Promise<void> {
    const transaction = (await this.#database).transaction(STORES, "readwrite");
    for (const { conversation, messages, traces = [] } of conversations) {
      transaction.objectStore("conversations").put(conversation);
      for (const message of messages) transaction.objectStore("messages").put(message);
      for (const trace of traces) transaction.objectStore("traces").put(trace);
    }
    await written(transaction);
    for (const { conversation } of conversations) this.#tell(conversation.id);
  }

  /** Everything, for an export. */
  async all(): Promise<StoredConversation[]> {
    const conversations = await this.list();
    const loaded = await Promise.all(conversations.map(({ id }) => this.load(id)));
    return loaded.filter((conversation) => conversation !== undefined);
  }

  /** Conversations whose title or messages hold a text, in any case of letters; the newest first. */
  async search(text: string): Promise<Found[]> {
    const wanted = text.trim().toLowerCase();
    const store = (await this.#database).transaction("messages").objectStore("messages");
    const messages: Message[] = await settle(store.getAll());
    const excerpts = new Map<string, string>();
    for (const { conversation, ...message } of messages) {
      const content = String(message.content);
      const at = content.toLowerCase().indexOf(wanted);
      if (at >= 0 && !excerpts.has(conversation)) {
        excerpts.set(conversation, excerptAround(content, at, wanted.length));
      }
    }
    const found: Found[] = [];
    for (const conversation of await this.list()) {
      const excerpt = excerpts.get(conversation.id);
      if (excerpt !== undefined) found.push({ conversation, excerpt });
      else if (conversation.title.toLowerCase().includes(wanted)) found.push({ conversation });
    }
    return found;
  }

  #tell(conversation: string): void {
    this.#channel.postMessage({ conversation } satisfies Note);
  }
}

/** Characters of an excerpt before what was found, and after. */
const AROUND = 24;

function excerptAround(text: string, at: number, length: number): string {
  const start = Math.max(0, at - AROUND);
  const end = Math.min(text.length, at + length + AROUND * 2);
  const excerpt = text.slice(start, end).replaceAll(/\s+/g, " ");
  return `${start > 0 ? "…" : ""}${excerpt}${end < text.length ? "…" : ""}`;
}
