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
    if (this.#failures < FAILURES_TO_BREAK) return true;
    return now >= this.#pausedUntil && !this.#onTrial;
  }

  /** A request begins. */
  take(): void {
    this.outstanding++;
    this.#onTrial = this.#failures >= FAILURES_TO_BREAK;
  }

  /** A request has ended. */
  release(now: number, failure: unknown, isAborted = false): void {
    this.outstanding--;
    this.#onTrial = false;
    if (isAborted) return;
    if (!isEndpointsFault(failure)) {
      this.#failures = 0;
      return;
    }
    this.#failures++;
    const pause = FIRST_PAUSE_MS * 2 ** (this.#failures - FAILURES_TO_BREAK);
    this.#pausedUntil = now + Math.min(LONGEST_PAUSE_MS, pause);
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
