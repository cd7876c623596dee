import type { Conversation, Endpoint } from "./endpoint.ts";
import { delayBefore, isRetryable } from "./retry.ts";
import type { Settings } from "./settings.ts";
import { sleep } from "./watch.ts";

/** What is tried, and until when. */
export interface Attempts<Result> {
  /** What it is about, where it is about a conversation. */
  readonly conversation?: Conversation;
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
  { endpoints, retries }: Settings,
  { conversation, signal, run, mayRepeat }: Attempts<Result>,
): Promise<Result> {
  const tried = new Set<Endpoint>();
  for (let retry = 0; ; ) {
    const endpoint = endpoints.take(conversation, tried);
    try {
      const result = await run(endpoint);
      endpoints.release(endpoint);
      return result;
    } catch (error) {
      endpoints.release(endpoint, error, signal.aborted);
      if (signal.aborted || !isRetryable(error) || mayRepeat?.() === false) throw error;
      tried.add(endpoint);
      if (endpoints.hasOther(tried)) continue;
      const delay = delayBefore(retry++, error, retries);
      if (delay === undefined) throw error;
      tried.clear();
      await sleep(delay, signal);
    }
  }
}
