import type { AppState, LoadedModel } from "../app-api.ts";
import { Listeners } from "../chat/listeners.ts";
import { type AppServer, AppServerError } from "./app-server.ts";

/** How the page stands with its own server. */
export interface ConnectionState {
  /** `locked`: it wants a key that the page does not have. */
  readonly status: "connecting" | "online" | "offline" | "locked";
  /** What it last told of itself. */
  readonly app?: AppState;
}

/** How long to wait before the first try to connect again, and the longest wait, in milliseconds. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 5000;

/** Follows the page's own server: what it has loaded, and whether it is there at all. */
export class Connection {
  readonly #server: AppServer;
  readonly #listeners = new Listeners();
  #state: ConnectionState = { status: "connecting" };
  #abort = new AbortController();
  #wake: () => void = () => {};
  #isShown = true;

  constructor(server: AppServer) {
    this.#server = server;
  }

  getState(): ConnectionState {
    return this.#state;
  }

  /** @returns a function that ends it */
  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Follows the server for as long as the page lives. */
  async follow(): Promise<never> {
    for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * 1.6)) {
      await this.#whenShown();
      this.#abort = new AbortController();
      try {
        for await (const app of this.#server.states(this.#abort.signal)) {
          wait = FIRST_WAIT;
          this.#set({ status: "online", app });
        }
        this.#set({ ...this.#state, status: "offline" });
      } catch (error) {
        // It was ended here, and what was known last is good until the page is seen again.
        if (!this.#isShown) continue;
        const isLocked = error instanceof AppServerError && [401, 403].includes(error.status);
        this.#set({ ...this.#state, status: isLocked ? "locked" : "offline" });
      }
      await this.#pause(wait);
    }
  }

  /** Connects anew at once: with another key, or because somebody asked for it. */
  reconnect(): void {
    // Another key may be wrong as well, and that is news.
    if (this.#state.status === "locked") this.#set({ ...this.#state, status: "connecting" });
    this.#abort.abort();
    this.#wake();
  }

  /**
   * Lets the connection rest while nobody sees the page: browsers have six to a server, and each tab would hold one.
   * When it is shown again it is told at once what has changed.
   */
  setShown(isShown: boolean): void {
    this.#isShown = isShown;
    if (isShown) this.#wake();
    else this.#abort.abort();
  }

  async #whenShown(): Promise<void> {
    while (!this.#isShown) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const isLocked = this.#state.status === "locked";
      // A missing key does not appear by waiting.
      const timer = isLocked ? undefined : setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    this.#listeners.tell();
  }
}

/** The model that answers now. */
export function answeringModel(state: ConnectionState): LoadedModel | undefined {
  return state.app?.model.answering;
}
