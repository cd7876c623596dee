import type { Answer } from "./answer.ts";
import type { StreamRequest } from "./dialect.ts";
import type { Endpoints } from "./endpoint.ts";
import { ClientError } from "./error.ts";
import type { CommonOptions, FormatPrompt, Timeouts } from "./options.ts";
import type { RetryPolicy } from "./retry.ts";

/** {@link CommonOptions} with the defaults filled in. */
export interface Settings {
  readonly endpoints: Endpoints;
  readonly model: string | undefined;
  readonly fetch: typeof fetch;
  readonly timeouts: { readonly [Name in keyof Timeouts]-?: number };
  readonly retries: RetryPolicy;
  readonly unsupported: "error" | "warn";
  readonly formatPrompt: FormatPrompt | undefined;
  readonly extraBody: CommonOptions["extraBody"];
  /** Opens streams that can be taken up again, where they are to be. */
  readonly resume?: (stream: StreamRequest, answer: Answer) => Promise<Response>;
  /** The headers of a request, with the key. */
  readonly headers: () => Promise<Headers>;
}

export const TIMEOUTS: Settings["timeouts"] = {
  connectMs: 120_000,
  firstTokenMs: 300_000,
  idleMs: 60_000,
  totalMs: Number.POSITIVE_INFINITY,
};

export const RETRIES: RetryPolicy = {
  attempts: 2,
  firstDelayMs: 500,
  maxDelayMs: 8_000,
  maxRetryAfterMs: 60_000,
};

/**
 * Fills in the defaults.
 *
 * @throws ClientError `BAD_PARAMETER` where the headers or the key cannot be sent
 */
export function readSettings(options: CommonOptions, endpoints: Endpoints): Settings {
  const { retries, timeouts } = options;
  return {
    endpoints,
    model: options.model,
    // Called as a method it would fail in browsers.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    timeouts: fill(TIMEOUTS, timeouts),
    retries: fill(RETRIES, typeof retries === "number" ? { attempts: retries } : retries),
    unsupported: options.unsupported ?? "error",
    formatPrompt: options.formatPrompt,
    extraBody: options.extraBody,
    headers: headersOf(options),
  };
}

function fill<Values extends object>(
  defaults: Values,
  given: { readonly [Name in keyof Values]?: Values[Name] | undefined } = {},
): Values {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(entries) };
}

function headersOf({ headers, apiKey, keyScheme }: CommonOptions): () => Promise<Headers> {
  const fixed = new Headers(headers);
  if (!fixed.has("content-type")) fixed.set("content-type", "application/json");
  return async () => {
    if (apiKey === undefined) return new Headers(fixed);
    let all: Headers | undefined;
    try {
      const key: unknown = typeof apiKey === "function" ? await apiKey() : apiKey;
      if (typeof key !== "string") throw new TypeError("The key is not a string.");
      all = new Headers(fixed);
      if (keyScheme === "api-key") all.set(keyScheme, key);
      else all.set("authorization", keyScheme === "plain" ? key : `Bearer ${key}`);
      return all;
    } catch (cause) {
      // What Headers throws quotes the key, which is not to be logged.
      const details = all ? {} : { cause };
      throw new ClientError("UNAUTHORIZED", "There is no key that can be sent.", details);
    }
  };
}
