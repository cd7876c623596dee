import type { ApiKeys } from "./access/authentication.ts";
import type { CorsOrigins } from "./access/cors.ts";
import { badOption, ServerError } from "./error.ts";
import type { Models } from "./model-directory.ts";
import type { RequestLogEntry } from "./observe/request-log.ts";

/** What a server is made of. Only `models` is needed. */
export interface HandlerOptions {
  /**
   * The models: an array, or an object that gives each a name. A promise of a model is one that is being loaded: until then
   * it is answered with 503. The first one answers requests that name none.
   */
  readonly models: Models;
  /**
   * Keys of which callers must send one, or a function that tells whether a key is right. Absent: anybody may ask.
   * `/health`, `/ready`, `/metrics` and `/openapi.json` need none.
   */
  readonly apiKeys?: ApiKeys | undefined;
  /** Web pages that may use the server: their origins, or `"*"`. None by default. */
  readonly cors?: CorsOrigins | undefined;
  /** Path that all routes stand under, such as `/llm`, where the handler is mounted in an app of its own. */
  readonly basePath?: string | undefined;
  /** Limits of requests. */
  readonly limits?: HandlerLimits | undefined;
  /** Is told of each request that has ended. `(entry) => console.log(JSON.stringify(entry))` makes one line each. */
  readonly log?: ((entry: RequestLogEntry) => void) | undefined;
  /** How long a stream is silent before a ping keeps it open, in milliseconds. 15,000 by default. */
  readonly pingMs?: number | undefined;
  /**
   * How long a stream's headers wait for an error that would have a status of its own, in milliseconds: for a full queue,
   * or the refusal of a server behind this one. 250 by default.
   */
  readonly headersMs?: number | undefined;
}

/** Limits of requests. */
export interface HandlerLimits {
  /** Bytes of a request's body. 1 MiB by default. */
  readonly maxBodyBytes?: number | undefined;
  /** Requests under way at once; beyond, 429. 512 by default. */
  readonly maxRequests?: number | undefined;
  /** Answers to one request: prompts times `n`. 32 by default. */
  readonly maxChoices?: number | undefined;
  /** Texts to embed in one request. 2048 by default, as OpenAI's. */
  readonly maxEmbeddingInputs?: number | undefined;
}

/** {@link HandlerOptions} with defaults filled in and every value checked, but for what has a class of its own. */
export interface CheckedHandlerOptions extends HandlerOptions {
  readonly basePath: string;
  readonly limits: { readonly [Name in keyof Required<HandlerLimits>]: number };
  readonly pingMs: number;
  readonly headersMs: number;
}

const KNOWN: Readonly<Record<keyof HandlerOptions, true>> = {
  models: true,
  apiKeys: true,
  cors: true,
  basePath: true,
  limits: true,
  log: true,
  pingMs: true,
  headersMs: true,
};

const LIMITS: { readonly [Name in keyof Required<HandlerLimits>]: number } = {
  maxBodyBytes: 2 ** 20,
  maxRequests: 512,
  maxChoices: 32,
  maxEmbeddingInputs: 2048,
};

/** The longest time that a timer takes. */
const MOST_MS = 2 ** 31 - 1;

/** @throws ServerError `BAD_OPTION` */
export function checkHandlerOptions(options: HandlerOptions): CheckedHandlerOptions {
  refuseUnknown("options", options, Object.keys(KNOWN));
  const { basePath = "", limits = {}, log, pingMs, headersMs } = options;
  if (typeof basePath !== "string" || !/^(?:\/[\w.~%-]+)*$/.test(basePath)) {
    throw badOption("basePath", basePath, 'a path such as "/llm", without a slash at its end');
  }
  if (log !== undefined && typeof log !== "function") throw badOption("log", log, "a function");
  refuseUnknown("limits", limits, Object.keys(LIMITS));
  const checked = Object.entries(LIMITS).map(([name, fallback]) => {
    const value = limits[name as keyof HandlerLimits];
    return [name, readCount(`limits.${name}`, value, fallback, Number.MAX_SAFE_INTEGER)];
  });
  return {
    ...options,
    basePath,
    limits: Object.fromEntries(checked),
    pingMs: readCount("pingMs", pingMs, 15_000, MOST_MS),
    headersMs: readCount("headersMs", headersMs, 250, MOST_MS),
  };
}

function readCount(name: string, value: unknown, fallback: number, most: number): number {
  if (value === undefined) return fallback;
  if (Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most)
    return Number(value);
  throw badOption(name, value, `an integer from 1 to ${most}`);
}

/** A name that is not known is most often a misspelt one. */
function refuseUnknown(name: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) throw badOption(name, options, "an object");
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const message = `There is no option ${JSON.stringify(unknown)}. The options are ${known.join(", ")}.`;
  throw new ServerError("BAD_OPTION", message, { parameter: unknown });
}
