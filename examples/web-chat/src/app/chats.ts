import { type Change, ChatController, type ChatServices } from "../chat/chat-controller.ts";
import { type Conversation, type Message, newConversation } from "../chat/conversation.ts";
import type { ConversationStore } from "../store/conversation-store.ts";
import { Value } from "./value.ts";

/** What {@link Chats} needs besides the store; it does the saving itself. */
export interface ChatsServices extends Omit<ChatServices, "save"> {
  /** Whether the page is being closed: what ends by that is not kept as ended. */
  isLeaving(): boolean;
  /** When what the last page left unfinished is in the store. */
  readonly ready: Promise<void>;
  /** Told of a change that could not be kept. */
  onSaveError(error: unknown): void;
  /** Told when a new conversation has got its first message. */
  onBegin(conversation: string): void;
}

/** The conversations: their list, and those that are open. One that is answering goes on when another is shown. */
export class Chats {
  /** All of them, the newest first; undefined until they have been read. */
  readonly list: Value<readonly Conversation[] | undefined> = new Value<
    readonly Conversation[] | undefined
  >(undefined);
  readonly #store: ConversationStore;
  readonly #services: ChatsServices;
  readonly #open = new Map<string, ChatController>();
  /** Those that are in the store. */
  readonly #kept = new Set<string>();

  constructor(store: ConversationStore, services: ChatsServices) {
    this.#store = store;
    this.#services = services;
    store.onForeignChange((id) => void this.#takeOver(id));
  }

  /** Begins a conversation; it is kept from its first message on. */
  begin(system: string): ChatController {
    return this.#control(newConversation(system), []);
  }

  /** Opens a conversation; undefined where there is none with this id. */
  async open(id: string): Promise<ChatController | undefined> {
    const open = this.#open.get(id);
    if (open) return open;
    await this.#services.ready;
    const stored = await this.#store.load(id);
    if (!stored) return undefined;
    this.#kept.add(id);
    // Somebody else may have opened it meanwhile.
    return this.#open.get(id) ?? this.#control(stored.conversation, stored.messages);
  }

  /** Whether a conversation is being answered. */
  isRunning(id: string): boolean {
    return this.#open.get(id)?.getState().running !== undefined;
  }

  /** Forgets an open conversation, which has been deleted. */
  close(id: string): void {
    this.#open.get(id)?.stop();
    this.#open.delete(id);
    this.#kept.delete(id);
  }

  async refresh(): Promise<void> {
    this.list.set(await this.#store.list());
  }

  #control(conversation: Conversation, messages: readonly Message[]): ChatController {
    const services = { ...this.#services, save: (change: Change) => void this.#save(change) };
    const controller = new ChatController(conversation, messages, services);
    this.#open.set(conversation.id, controller);
    return controller;
  }

  async #save(change: Change): Promise<void> {
    if (this.#services.isLeaving()) return;
    const { id } = change.conversation;
    if (!this.#kept.has(id)) {
      if (!change.put) return;
      this.#kept.add(id);
      this.#services.onBegin(id);
    }
    this.#show(change.conversation);
    try {
      await this.#store.save(change);
    } catch (error) {
      this.#services.onSaveError(error);
    }
  }

  /** Puts a conversation to the head of the list, without reading all of them anew. */
  #show(conversation: Conversation): void {
    const others = (this.list.get() ?? []).filter(({ id }) => id !== conversation.id);
    this.list.set([conversation, ...others]);
  }

  async #takeOver(id: string): Promise<void> {
    await this.refresh();
    const stored = await this.#store.load(id);
    if (stored) this.#open.get(id)?.takeOver(stored.conversation, stored.messages);
    else this.close(id);
  }
}
