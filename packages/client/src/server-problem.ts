import { isRecord } from "./describe.ts";
import type { Fields } from "./dialect.ts";
import { ClientError, type ClientErrorCode } from "./error.ts";

/** What a server says went wrong, in whichever of the known forms. */
export interface ServerProblem {
  readonly message: string;
  /** Its words for it: a type, a code. */
  readonly words: readonly string[];
  /** The HTTP status that it names. */
  readonly status: number | undefined;
}

/** What an HTTP answer tells besides its body. */
export interface AnswerFacts {
  readonly status?: number;
  readonly requestId?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** Whether the server itself says that trying again helps, or does not. */
  readonly shouldRetry?: boolean | undefined;
}

/** The statuses of TGI's words for errors, which come with status 200. */
const TGI_STATUS: Readonly<Record<string, number>> = {
  overloaded: 429,
  validation: 422,
  template_error: 422,
  tool_error: 422,
  generation: 424,
  incomplete_generation: 500,
};

const LONGEST_MESSAGE = 500;

/**
 * Finds an error in an event, or in a JSON body that came with status 200. Knows `{"error": {…}}` (OpenAI, vLLM,
 * llama-server, SGLang), `{"error": "…", "error_type": "…"}` (TGI), `{"error": "…"}` (Ollama), and the flat
 * `{"object": "error", …}` of older vLLM.
 */
export function findProblem(json: Fields): ServerProblem | undefined {
  const { error, error_type: type, object } = json;
  if (isRecord(error)) return readFields(error);
  if (typeof error === "string") return readFields({ message: error, type });
  return object === "error" ? readFields(json) : undefined;
}

/** Makes a problem of whatever came with an error status, or in a place where an error was announced. */
export function readProblem(text: string): ServerProblem {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Not every server or proxy sends JSON.
  }
  if (!isRecord(json)) return { message: shorten(text), words: [], status: undefined };
  // FastAPI, under several of the servers, calls it `detail`.
  const { detail } = json;
  return findProblem(json) ?? readFields({ message: detail, ...json });
}

function readFields(fields: Fields): ServerProblem {
  const { message, type, code, http_status_code } = fields;
  const words = [code, type].filter((word) => typeof word === "string");
  const statuses = [http_status_code, code, TGI_STATUS[String(type)]];
  const text = typeof message === "string" ? message : JSON.stringify(message ?? fields);
  return {
    message: shorten(text),
    words,
    status: statuses.find(
      (status): status is number => Number(status) >= 400 && Number(status) < 600,
    ),
  };
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line;
}

/** The error to throw for a problem. */
export function toClientError(problem: ServerProblem, facts: AnswerFacts = {}): ClientError {
  const status = facts.status ?? problem.status;
  const code = chooseCode(problem, status);
  const says = problem.message === "" ? "." : `: ${problem.message}`;
  return new ClientError(code, `The server failed${status ? ` with ${status}` : ""}${says}`, {
    status,
    serverCode: problem.words[0],
    requestId: facts.requestId,
    retryAfterMs: facts.retryAfterMs,
    retryable: facts.shouldRetry ?? isRetryable(code, status),
  });
}

/** The server's words first: they tell more than a status. */
const WORDS: readonly (readonly [ClientErrorCode, RegExp])[] = [
  ["CONTENT_FILTER", /content_filter|content_policy/],
  ["CONTEXT_OVERFLOW", /context_length_exceeded|exceed_context_size/],
  ["UNAUTHORIZED", /authentication|permission|invalid_api_key/],
  ["OVERLOADED", /overloaded|rate_limit|unavailable|queue_full/],
  ["BAD_REQUEST", /invalid_request|not_found/],
];

/** As vLLM, TGI and llama-server say that a prompt is too long. */
const TOO_LONG = /maximum context length|context size|max_new_tokens` must be/i;

function chooseCode(
  { words, message }: ServerProblem,
  status: number | undefined,
): ClientErrorCode {
  const told = words.join(" ").toLowerCase();
  const named = WORDS.find(([, pattern]) => pattern.test(told));
  if (named && (named[0] !== "BAD_REQUEST" || !TOO_LONG.test(message))) return named[0];
  if (status === 401 || status === 403) return "UNAUTHORIZED";
  if (status === 429 || status === 503) return "OVERLOADED";
  const isRefusal = named !== undefined || (status !== undefined && status < 500);
  if (isRefusal && TOO_LONG.test(message)) return "CONTEXT_OVERFLOW";
  if (status === 424 || isTemporary(status)) return "SERVER_ERROR";
  return isRefusal ? "BAD_REQUEST" : "SERVER_ERROR";
}

/** Request timeout, conflict, too early. */
function isTemporary(status: number | undefined): boolean {
  return status === 408 || status === 409 || status === 425;
}

function isRetryable(code: ClientErrorCode, status: number | undefined): boolean {
  if (code === "OVERLOADED") return true;
  return code === "SERVER_ERROR" && status !== 501 && status !== 505;
}
