import { ClientError } from "./error.ts";

/** Failures in a row, after which an endpoint is left alone for a while. */
const FAILURES_TO_BREAK = 3;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

/** What is known of how an endpoint does: a circuit breaker, and the requests that run on it. */
export class EndpointHealth {
  /** Requests that run on it. */
  outstanding = 0;
  #failures = 0;
  #pausedUntil = 0;
  /** After a pause one request goes first, to see whether the endpoint is back. */
  #onTrial = false;

  /** Whether a request may be sent to it. `now` is of `performance.now()`. */
  isUsable(now: number): boolean {
    return !this.#isBroken || now >= this.#pausedUntil;
  }

  /** A request begins. One on trial may generate for minutes before it ends, so the next one may go soon. */
  take(now: number): void {
    this.outstanding++;
    if (!this.#isBroken) return;
    this.#onTrial = true;
    this.#pausedUntil = now + FIRST_PAUSE_MS;
  }

  /** A request has ended. */
  release(now: number, failure: unknown, isAborted = false): void {
    this.outstanding--;
    if (isAborted) return;
    if (!isEndpointsFault(failure)) {
      this.#failures = 0;
      this.#onTrial = false;
      return;
    }
    // Those that were running when it broke tell nothing new.
    if (this.#isBroken && !this.#onTrial) return;
    this.#onTrial = false;
    this.#failures++;
    const pause = FIRST_PAUSE_MS * 2 ** (this.#failures - FAILURES_TO_BREAK);
    this.#pausedUntil = now + Math.min(LONGEST_PAUSE_MS, pause);
  }

  get #isBroken(): boolean {
    return this.#failures >= FAILURES_TO_BREAK;
  }
}

const FAULTS: readonly string[] = [
  "NETWORK",
  "TIMEOUT",
  "TRUNCATED",
  "SERVER_ERROR",
  "BAD_RESPONSE",
];

/** An endpoint that refuses a request, or has too many, is in order. One that loads its model says 503. */
function isEndpointsFault(failure: unknown): boolean {
  if (!ClientError.isInstance(failure)) return false;
  if (failure.code === "OVERLOADED") return failure.status === 503;
  return FAULTS.includes(failure.code);
}
