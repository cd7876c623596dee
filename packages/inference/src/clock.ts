import type { Timings } from "@llama2-kit/protocol";

/** Takes the times that a result reports. */
export class Clock {
  readonly #start: number;
  #queuedMs: number | undefined;
  #firstToken: number | undefined;
  #lastToken = 0;

  /** @param start - when the caller asked, on `performance.now()`'s clock */
  constructor(start: number) {
    this.#start = start;
  }

  /** Call when the wait is over. */
  start(): void {
    this.#queuedMs = performance.now() - this.#start;
  }

  /** Call at every token. */
  tick(): void {
    this.#lastToken = performance.now();
    this.#firstToken ??= this.#lastToken;
  }

  timings(tokenCount: number): Timings {
    const whole = {
      ...(this.#queuedMs !== undefined && { queuedMs: this.#queuedMs }),
      totalMs: performance.now() - this.#start,
    };
    if (this.#firstToken === undefined) return whole;
    const timeToFirstTokenMs = this.#firstToken - this.#start;
    const seconds = (this.#lastToken - this.#firstToken) / 1000;
    if (tokenCount < 2 || seconds === 0) return { ...whole, timeToFirstTokenMs };
    return { ...whole, timeToFirstTokenMs, tokensPerSecond: (tokenCount - 1) / seconds };
  }
}
