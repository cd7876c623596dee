import { ClientError } from "./error.ts";

/** How often to try again, and when. */
export interface RetryOptions {
  /** Tries after the first one. 2 by default; 0 turns them off. */
  readonly attempts?: number | undefined;
  /** Wait before the first of them, in milliseconds; each further wait is twice as long. 500 by default. */
  readonly firstDelayMs?: number | undefined;
  /** The longest of these waits, in milliseconds. 8,000 by default. */
  readonly maxDelayMs?: number | undefined;
  /** The longest wait that a server may ask for, in milliseconds; if it asks for more, the request fails. 60,000 by default. */
  readonly maxRetryAfterMs?: number | undefined;
}

/** {@link RetryOptions} with the defaults filled in. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly maxRetryAfterMs: number;
}

/**
 * How long to wait before a try, in milliseconds.
 *
 * @param retry - how many tries there were after the first one
 * @param error - why the last one failed
 * @returns the wait; undefined where the policy allows no further try, or no wait as long as the server asks for
 */
export function delayBefore(
  retry: number,
  error: ClientError,
  policy: RetryPolicy,
): number | undefined {
  if (retry >= policy.attempts) return undefined;
  const asked = error.retryAfterMs;
  if (asked !== undefined) return asked <= policy.maxRetryAfterMs ? asked : undefined;
  const longest = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** retry);
  // From half of it, so that those who failed together do not come back together.
  return longest * (0.5 + Math.random() / 2);
}

/** How long a server asks to wait, in milliseconds: `retry-after-ms`, or `Retry-After` in seconds or as a date. */
export function readRetryAfter(headers: Headers, now: number = Date.now()): number | undefined {
  const value = headers.get("retry-after") ?? "";
  const seconds = Number(value || "?");
  const waits = [
    Number(headers.get("retry-after-ms") || "?"),
    Number.isNaN(seconds) ? Math.max(0, Date.parse(value) - now) : seconds * 1000,
  ];
  return waits.find((wait) => wait >= 0 && Number.isFinite(wait));
}

/** Whether the same request may succeed later. */
export function isRetryable(error: unknown): error is ClientError {
  return ClientError.isInstance(error) && error.retryable;
}
