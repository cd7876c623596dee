import type { Message } from "../chat/conversation.ts";

/** The text of an answer when its page was last heard of. */
interface Unfinished {
  readonly message: Message;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Whether its page is known to be gone. */
  readonly left: boolean;
}

const PREFIX = "llama2-kit.unfinished.";

/** How often the text of an answer under way is kept, in milliseconds. */
const INTERVAL = 500;

/** A page that has not been heard of for so many milliseconds is gone: a hidden one may be late. */
const GONE_AFTER = 4000;

/**
 * Keeps the text of answers under way, so that a reload or a crash loses none of it. In local storage, since that is
 * the only one to which a page can still write while it is being closed.
 */
export class UnfinishedAnswers {
  readonly #storage: Storage;
  readonly #current = new Map<string, Unfinished>();
  #isLeaving = false;

  constructor(storage: Storage = localStorage) {
    this.#storage = storage;
    globalThis.addEventListener?.("pageshow", () => {
      this.#isLeaving = false;
    });
    globalThis.addEventListener?.("pagehide", () => {
      this.#isLeaving = true;
      for (const entry of this.#current.values()) this.#write({ ...entry, left: true });
    });
  }

  /** Whether the page is being closed, which ends its requests: an answer that fails by that is unfinished. */
  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  /** Keeps a text, or with undefined forgets the message. */
  save(message: Message, text: string | undefined): void {
    if (this.#isLeaving) return;
    const before = this.#current.get(message.id);
    if (text === undefined) {
      this.#current.delete(message.id);
      this.#storage.removeItem(PREFIX + message.id);
      return;
    }
    const now = Date.now();
    const isDue = !before || now - before.at >= INTERVAL;
    const entry = { message, text, at: isDue ? now : before.at, left: false };
    this.#current.set(message.id, entry);
    if (isDue) this.#write(entry);
  }

  /** Takes the answers whose pages are gone, each as a message with the text that had come. */
  recover(): Message[] {
    const found: Message[] = [];
    for (const key of Object.keys(this.#storage)) {
      if (!key.startsWith(PREFIX)) continue;
      const entry = parse(this.#storage.getItem(key));
      if (entry && !entry.left && Date.now() - entry.at < GONE_AFTER) continue;
      this.#storage.removeItem(key);
      if (entry) found.push(toMessage(entry));
    }
    return found;
  }

  #write(entry: Unfinished): void {
    try {
      this.#storage.setItem(PREFIX + entry.message.id, JSON.stringify(entry));
    } catch {
      // The storage is full or forbidden: the answer itself is not to suffer from it.
    }
  }
}

function parse(json: string | null): Unfinished | undefined {
  try {
    return json === null ? undefined : (JSON.parse(json) as Unfinished);
  } catch {
    return undefined;
  }
}

function toMessage({ message, text }: Unfinished): Message {
  return { ...message, content: text, answer: { model: "", finishReason: "interrupted" } };
}
