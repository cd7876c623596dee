import type { Endpoint, Outcome } from "./endpoint.ts";
import { ClientError } from "./error.ts";
import { delayBefore, isRetryable } from "./retry.ts";
import type { Settings } from "./settings.ts";
import { sleep } from "./watch.ts";

/** What is tried, and until when. */
export interface Attempts<Result> {
  /** Tells conversations apart, where there is a choice of endpoints. */
  readonly conversation?: string | undefined;
  /** Ends the waiting between tries. */
  readonly signal: AbortSignal;
  /** Tries once. */
  run(endpoint: Endpoint): Promise<Result>;
  /** Whether it may still be tried again. By default it always may. */
  mayRepeat?(): boolean;
}

/**
 * Tries something until it succeeds, or fails for good: at once where there is another endpoint to try, and otherwise after a
 * wait, as often as the retries say.
 */
export async function tryEndpoints<Result>(
  settings: Settings,
  attempts: Attempts<Result>,
): Promise<Result> {
  const { endpoints, retries } = settings;
  const tried = new Set<Endpoint>();
  for (let retry = 0; ; ) {
    const endpoint = endpoints.take(attempts.conversation, tried);
    const { result, failure } = await tryOnce(endpoint, attempts);
    if (!failure) return result as Result;
    tried.add(endpoint);
    if (endpoints.hasOther(tried)) continue;
    const delay = retry < retries.attempts ? delayBefore(retry, failure, retries) : undefined;
    if (delay === undefined) throw failure;
    retry++;
    tried.clear();
    await sleep(delay, attempts.signal);
  }
}

/** Tries once. Returns a failure after which to try again, and throws any other. */
async function tryOnce<Result>(
  endpoint: Endpoint,
  attempts: Attempts<Result>,
): Promise<{ readonly result?: Result; readonly failure?: ClientError }> {
  const { signal } = attempts;
  let outcome: Outcome = "well";
  try {
    return { result: await attempts.run(endpoint) };
  } catch (error) {
    outcome = signal.aborted ? "unknown" : judge(error);
    const mayRepeat = !signal.aborted && attempts.mayRepeat?.() !== false;
    if (mayRepeat && isRetryable(error)) return { failure: error };
    throw error;
  } finally {
    endpoint.release(outcome, performance.now());
  }
}

/** What a failure tells of the endpoint. One that refuses a request, or has too many, is in order. */
function judge(error: unknown): Outcome {
  if (!ClientError.isInstance(error)) return "unknown";
  const { code, status } = error;
  if (code === "OVERLOADED") return status === 503 ? "badly" : "well";
  const isBroken = ["NETWORK", "TIMEOUT", "TRUNCATED", "SERVER_ERROR", "BAD_RESPONSE"].includes(
    code,
  );
  return isBroken ? "badly" : "well";
}
