/** Failures in a row, after which an endpoint is left alone for a while. */
const FAILURES_TO_BREAK = 3;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

/** How a request ended: well, badly, or in a way that tells nothing of the endpoint. */
export type Outcome = "well" | "badly" | "unknown";

/** A server's address, and what is known of how it does. */
export class Endpoint {
  /** Requests that run on it. */
  outstanding = 0;
  readonly #base: URL;
  #failures = 0;
  #pausedUntil = 0;
  /** After a pause one request goes first, to see whether the endpoint is back. */
  #onTrial = false;

  constructor(base: URL) {
    this.#base = base;
  }

  /** The host, for messages and for names. */
  get host(): string {
    return this.#base.host;
  }

  /** The address of a path: from the server's root where it begins with `/`, else from the base. */
  url(path: string): string {
    const url = new URL(this.#base);
    const [name = "", query = ""] = path.split("?");
    const base = url.pathname.replace(/\/+$/, "");
    url.pathname = name.startsWith("/") ? base.replace(/\/v\d+$/, "") + name : `${base}/${name}`;
    for (const [key, value] of new URLSearchParams(query)) url.searchParams.set(key, value);
    return url.href;
  }

  /** Whether a request may be sent to it. */
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
  release(outcome: Outcome, now: number): void {
    this.outstanding--;
    this.#onTrial = false;
    if (outcome === "well") this.#failures = 0;
    if (outcome !== "badly") return;
    this.#failures++;
    const pause = FIRST_PAUSE_MS * 2 ** (this.#failures - FAILURES_TO_BREAK);
    this.#pausedUntil = now + Math.min(LONGEST_PAUSE_MS, pause);
  }
}

/**
 * Makes an endpoint of an address as OpenAI's clients take it. One without a path gets `/v1`, which is where the servers have
 * OpenAI's protocol.
 *
 * @returns undefined where it is no address of HTTP
 */
export function parseEndpoint(baseUrl: unknown): Endpoint | undefined {
  if (typeof baseUrl !== "string") return undefined;
  let url: URL;
  try {
    // In a browser, a path of the page's own server will do.
    url = new URL(baseUrl, globalThis.location?.href);
  } catch {
    return undefined;
  }
  if (!/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "")
    return undefined;
  if (url.pathname === "/") url.pathname = "/v1";
  url.hash = "";
  return new Endpoint(url);
}
