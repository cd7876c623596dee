import { Listeners } from "../chat/listeners.ts";
import type { ParameterValues } from "../parameters/table.ts";

/** What the page remembers in this browser beside the conversations. */
export interface Settings {
  readonly theme: "system" | "light" | "dark";
  readonly parameters: ParameterValues;
  /** Whether answers come with the probabilities of their tokens. */
  readonly probabilities: boolean;
  /** The adapters that are on, and how strongly. */
  readonly adapters: Readonly<Record<string, number>>;
  /** The key of the page's own server. */
  readonly key: string;
  /** Another server to ask; null for the page's own. */
  readonly server: ForeignServer | null;
  /** What stands in the notebook. */
  readonly notebook: string;
}

/** Another server of OpenAI's protocol. */
interface ForeignServer {
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string;
}

const DEFAULTS: Settings = {
  theme: "system",
  parameters: {},
  probabilities: true,
  adapters: {},
  key: "",
  server: null,
  notebook: "",
};

const STORAGE_KEY = "llama2-kit.settings";

/** Keeps the settings in the browser, and all tabs in step. */
export class SettingsStore {
  readonly #storage: Storage;
  readonly #listeners = new Listeners();
  #settings: Settings;

  constructor(storage: Storage = localStorage) {
    this.#storage = storage;
    this.#settings = read(storage);
    globalThis.addEventListener?.("storage", (event) => {
      if (event.key !== STORAGE_KEY) return;
      this.#settings = read(storage);
      this.#listeners.tell();
    });
  }

  get(): Settings {
    return this.#settings;
  }

  set(changed: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...changed };
    try {
      this.#storage.setItem(STORAGE_KEY, JSON.stringify(this.#settings));
    } catch {
      // A browser that keeps nothing still has them until the page is closed.
    }
    this.#listeners.tell();
  }

  /** @returns a function that ends it */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }
}

/** Reads the settings; a field that is not of the type that it should be is as new. */
function read(storage: Storage): Settings {
  let stored: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(storage.getItem(STORAGE_KEY) ?? "{}");
    if (typeof value === "object" && value !== null) stored = value as Record<string, unknown>;
  } catch {
    // As if there were none.
  }
  const entries = Object.entries(DEFAULTS).map(([name, value]) => {
    const own = stored[name];
    return [name, own !== undefined && typeof own === typeof value ? own : value];
  });
  return Object.fromEntries(entries) as Settings;
}
