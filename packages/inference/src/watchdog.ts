import { follow } from "./follow.ts";

/** Fires when it has not been reset for a while, or when the caller's signal fires. */
export class Watchdog {
  readonly #abort = new AbortController();
  readonly #ms: number;
  readonly #letGo: () => void;
  readonly #fired: Promise<never>;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, callerSignal: AbortSignal | undefined) {
    this.#ms = ms;
    this.#fired = new Promise((_, reject) => {
      this.signal.addEventListener("abort", () => reject(this.signal.reason));
    });
    this.#fired.catch(() => {});
    this.#letGo = follow(this.#abort, callerSignal);
    this.reset();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Waits for what may not look at the signal: it rejects when the watchdog fires. */
  guard<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => {}); // where it fails later, nobody waits any more
    return Promise.race([promise, this.#fired]);
  }

  reset(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const stalled = `nothing has come for ${this.#ms / 1000} s; check the network and try again, it goes on where it stopped`;
      this.#abort.abort(new Error(stalled));
    }, this.#ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#letGo();
  }
}
