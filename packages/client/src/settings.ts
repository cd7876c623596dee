import { badParameter, isRecord, refuseUnknownOptions } from "./describe.ts";
import { type Endpoint, parseEndpoint } from "./endpoint.ts";
import { EndpointPool } from "./endpoint-pool.ts";
import { ClientError } from "./error.ts";
import { checkNumber } from "./generate-options.ts";
import type { CommonOptions, FormatPrompt, Timeouts } from "./options.ts";
import type { RetryPolicy } from "./retry.ts";

/** {@link CommonOptions}, checked, with the defaults filled in. */
export interface Settings {
  readonly endpoints: EndpointPool;
  readonly id: string;
  readonly model: string | undefined;
  readonly fetch: typeof fetch;
  readonly timeouts: { readonly [Name in keyof Timeouts]-?: number };
  readonly retries: RetryPolicy;
  readonly unsupported: "error" | "warn";
  readonly formatPrompt: FormatPrompt | undefined;
  readonly extraBody: Readonly<Record<string, unknown>> | undefined;
  readonly resume: boolean;
  /** The headers of a request, with the key. */
  readonly headers: () => Promise<Headers>;
}

const TIMEOUTS = {
  connectMs: 120_000,
  firstTokenMs: 300_000,
  idleMs: 60_000,
  totalMs: Number.POSITIVE_INFINITY,
};

const RETRIES = { attempts: 2, firstDelayMs: 500, maxDelayMs: 8_000, maxRetryAfterMs: 60_000 };

const KNOWN: readonly (keyof CommonOptions)[] = [
  "baseUrl",
  "apiKey",
  "keyScheme",
  "model",
  "id",
  "headers",
  "fetch",
  "timeouts",
  "retries",
  "unsupported",
  "formatPrompt",
  "extraBody",
  "resume",
];

/** What each option that is neither a number nor an address must be. */
const CHECKS: {
  readonly [Name in keyof CommonOptions]?: readonly [string, (value: unknown) => boolean];
} = {
  apiKey: [
    "a string, or a function that returns one",
    (value) => isString(value) || isFunction(value),
  ],
  keyScheme: ['"bearer", "plain" or "api-key"', isOneOf("bearer", "plain", "api-key")],
  model: ["a string", isString],
  id: ["a string", isString],
  headers: ["an object of strings", isRecord],
  fetch: ["a function", isFunction],
  unsupported: ['"error" or "warn"', isOneOf("error", "warn")],
  formatPrompt: ["a function", isFunction],
  extraBody: ["an object", isRecord],
  resume: ["true or false", isOneOf(true, false)],
};

/**
 * Checks what a client is made with.
 *
 * @throws ClientError `BAD_PARAMETER`
 */
export function readSettings(options: CommonOptions, others: readonly string[] = []): Settings {
  refuseUnknownOptions("options", options, [...KNOWN, ...others]);
  for (const [name, [allowed, check]] of Object.entries(CHECKS)) {
    const value: unknown = options[name as keyof CommonOptions];
    if (value !== undefined && !check(value)) throw badParameter(name, value, allowed);
  }
  const { retries } = options;
  const endpoints = readEndpoints(options.baseUrl);
  return {
    endpoints,
    id: options.id ?? options.model ?? endpoints.host,
    model: options.model,
    // Called as a method it would fail in browsers.
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    timeouts: fill("timeouts", options.timeouts, TIMEOUTS),
    retries: fill(
      "retries",
      typeof retries === "number" ? { attempts: retries } : retries,
      RETRIES,
    ),
    unsupported: options.unsupported ?? "error",
    formatPrompt: options.formatPrompt,
    extraBody: options.extraBody,
    resume: options.resume ?? false,
    headers: headersOf(options),
  };
}

function readEndpoints(baseUrl: unknown): EndpointPool {
  const urls: readonly unknown[] = Array.isArray(baseUrl) ? baseUrl : [baseUrl];
  const [first, ...others] = urls.map((url): Endpoint => {
    const endpoint = parseEndpoint(url);
    if (endpoint) return endpoint;
    const allowed = "an address of HTTP without a user name, such as http://localhost:8000/v1";
    throw badParameter("baseUrl", url, allowed);
  });
  if (!first) throw badParameter("baseUrl", baseUrl, "at least one address");
  return new EndpointPool([first, ...others]);
}

/** Numbers of at least 0, with the defaults filled in. */
function fill<Numbers extends Readonly<Record<string, number>>>(
  name: string,
  given: object | undefined,
  defaults: Numbers,
): Numbers {
  if (given === undefined) return defaults;
  refuseUnknownOptions(name, given, Object.keys(defaults));
  const filled: Record<string, number> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (value !== Number.POSITIVE_INFINITY) checkNumber(`${name}.${key}`, value, [0]);
    filled[key] = value;
  }
  return filled as Numbers;
}

function headersOf({ headers, apiKey, keyScheme }: CommonOptions): () => Promise<Headers> {
  let fixed: Headers;
  try {
    fixed = new Headers({ "content-type": "application/json", ...headers });
    if (typeof apiKey === "string") setKey(fixed, apiKey, keyScheme);
  } catch {
    // The reason would have the key in it.
    throw badParameter("headers or apiKey", undefined, "what can be sent in a header");
  }
  if (typeof apiKey !== "function") return async () => fixed;
  return async () => {
    const all = new Headers(fixed);
    try {
      setKey(all, await apiKey(), keyScheme);
    } catch (cause) {
      throw new ClientError("UNAUTHORIZED", "The function apiKey has no key to give.", { cause });
    }
    return all;
  };
}

function setKey(headers: Headers, key: unknown, scheme: CommonOptions["keyScheme"]): void {
  if (typeof key !== "string") throw badParameter("the key", key, "a string");
  if (scheme === "api-key") headers.set("api-key", key);
  else headers.set("authorization", scheme === "plain" ? key : `Bearer ${key}`);
}

function isString(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function isOneOf(...allowed: readonly unknown[]): (value: unknown) => boolean {
  return (value) => allowed.includes(value);
}
