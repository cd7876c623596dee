import { isRecord } from "./describe.ts";
import type { Fields } from "./dialect.ts";
import { ClientError, type ClientErrorCode } from "./error.ts";

/** What an HTTP answer tells besides its body. */
export interface AnswerFacts {
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** Whether the server itself says that trying again helps, or does not. */
  readonly shouldRetry?: boolean | undefined;
}

const LONGEST_MESSAGE = 500;

/**
 * Finds an error in an event, or in a JSON body that came with status 200. Knows `{"error": {…}}` (OpenAI, vLLM,
 * llama-server, SGLang), `{"error": "…", "error_type": "…"}` (TGI), `{"error": "…"}` (Ollama), and the flat
 * `{"object": "error", …}` of older vLLM.
 *
 * @returns the fields that tell of it: `message`, `type`, `code`
 */
export function findProblem(json: Fields): Fields | undefined {
  const { error: message, error_type: type, object } = json;
  if (isRecord(message)) return message;
  if (message && typeof message === "string") return { message, type };
  return object === "error" ? json : undefined;
}

/** The same of whatever came with an error status, or in a place where an error was announced. */
export function readProblem(text: string): Fields {
  const json = readRecord(text);
  // FastAPI, under several of the servers, calls it `detail`. Not every server or proxy sends JSON.
  const { detail: message } = json ?? { detail: text };
  return findProblem(json ?? {}) ?? { message, ...json };
}

/** The object that a text is the JSON of; undefined where it is not. */
export function readRecord(text: string): Fields | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** The error to throw for a problem. */
export function toClientError(problem: Fields, facts: AnswerFacts = {}): ClientError {
  const { message = problem, type, code: word, http_status_code } = problem;
  const { shouldRetry, ...told } = facts;
  const status = facts.status ?? [http_status_code, word].map(Number).find(isErrorStatus);
  const words = [word, type].filter((value) => typeof value === "string");
  const says = shorten(typeof message === "string" ? message : toText(message));
  const code = chooseCode([...words, status].join(" ").toLowerCase(), says);
  const retryable = shouldRetry ?? RETRYABLE.test(`${code} ${status}`);
  return new ClientError(
    code,
    `The server failed${status ? ` with ${status}` : ""}${says && ": "}${says || "."}`,
    { ...told, status, serverCode: words[0], retryable },
  );
}

function isErrorStatus(status: number): boolean {
  return status >= 400 && status < 600;
}

/** A message that is an object, as FastAPI's are; but for one that is deeper than the stack. */
function toText(message: unknown): string {
  try {
    return JSON.stringify(message);
  } catch {
    return "";
  }
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line;
}

/** What a server's words and its status mean; the first that fits. Its words tell more than a status. */
const MEANINGS: readonly (readonly [ClientErrorCode, RegExp])[] = [
  ["CONTENT_FILTER", /content_filter|content_policy/],
  ["CONTEXT_OVERFLOW", /context_length_exceeded|exceed_context_size/],
  ["UNAUTHORIZED", /authentication|permission|invalid_api_key|\b40[13]$/],
  ["OVERLOADED", /overloaded|rate_limit|unavailable|queue_full|\b(429|503)$/],
  // Request timeout, conflict, too early; and TGI's word for a model that failed.
  ["SERVER_ERROR", /\b(408|409|424|425)$/],
  // TGI has errors of validation, of templates and of tools.
  ["BAD_REQUEST", /invalid_request|not_found|validation|template_error|tool_error|\b4..$/],
];

/** As vLLM, TGI and llama-server say that a prompt is too long. */
const TOO_LONG = /maximum context length|context size|max_new_tokens` must be/i;

/** Not implemented, and a version of HTTP that is not supported, stay so. */
const RETRYABLE = /^(OVERLOADED|SERVER_ERROR (?!50[15]))/;

function chooseCode(told: string, message: string): ClientErrorCode {
  const [code] = MEANINGS.find(([, pattern]) => pattern.test(told)) ?? ["SERVER_ERROR" as const];
  return code === "BAD_REQUEST" && TOO_LONG.test(message) ? "CONTEXT_OVERFLOW" : code;
}
