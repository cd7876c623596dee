import { Llama2KitError } from "@llama2-kit/protocol";
import { wireName } from "./parameters/wire-names.ts";

/** What a caller is told of an error, in whichever protocol it speaks. */
export interface Problem {
  readonly status: number;
  /** For the caller. Of what is no fault of the caller's, it tells no more than that it happened. */
  readonly message: string;
  /** OpenAI's word for the kind of error. */
  readonly type: string;
  /** The field at fault. */
  readonly param: string | null;
  /** OpenAI's word for the error itself. */
  readonly code: string | null;
  /** After how many seconds to try again. */
  readonly retryAfter: number | undefined;
}

/** How an error's code is told: a status, OpenAI's type and code, and what to say in place of the error's message. */
interface Rule {
  readonly status: number;
  readonly type: string;
  readonly code?: string;
  readonly retryAfter?: number;
  /** In place of the message, which may tell of what is behind this server. */
  readonly message?: string;
  readonly param?: string;
}

const INVALID = "invalid_request_error";
const invalid: Rule = { status: 400, type: INVALID };
const behind: Rule = {
  status: 502,
  type: "server_error",
  code: "upstream_error",
  message: "The model behind this server could not be reached, or failed.",
};
const loading: Rule = {
  status: 503,
  type: "unavailable_error",
  code: "model_loading",
  retryAfter: 5,
};
const busy: Rule = {
  status: 429,
  type: "rate_limit_error",
  code: "queue_full",
  retryAfter: 1,
};

/** The codes of this package's errors, of inference's, of prompt's and of client's. */
const RULES: Readonly<Record<string, Rule>> = {
  BAD_REQUEST: invalid,
  UNSUPPORTED: { ...invalid, code: "unsupported" },
  TEXT_TOO_LONG: { ...invalid, code: "context_length_exceeded" },
  UNAUTHORIZED: { status: 401, type: "authentication_error", code: "invalid_api_key" },
  WRONG_HOST: { status: 403, type: INVALID, code: "wrong_host" },
  WRONG_ORIGIN: { status: 403, type: INVALID, code: "wrong_origin" },
  NOT_FOUND: { status: 404, type: INVALID, code: "not_found" },
  MODEL_NOT_FOUND: { status: 404, type: INVALID, code: "model_not_found" },
  METHOD_NOT_ALLOWED: { status: 405, type: INVALID, code: "method_not_allowed" },
  BODY_TOO_LARGE: { status: 413, type: INVALID, code: "body_too_large" },
  WRONG_CONTENT_TYPE: { status: 415, type: INVALID, code: "wrong_content_type" },
  QUEUE_FULL: busy,
  MODEL_LOADING: loading,
  MODEL_FAILED: { ...loading, code: "model_failed" },
  SHUTTING_DOWN: { ...loading, code: "shutting_down" },

  BAD_PARAMETER: invalid,
  BAD_GRAMMAR: { ...invalid, param: "response_format" },
  INVALID_OPTION: invalid,
  CONTEXT_OVERFLOW: { ...invalid, code: "context_length_exceeded", param: "messages" },
  UNSUPPORTED_CHAT_FORMAT: { ...invalid, code: "unsupported" },
  EMBEDDINGS_UNSUPPORTED: { ...invalid, code: "unsupported", param: "model" },
  ADAPTER_NOT_FOUND: { status: 404, type: INVALID, code: "model_not_found" },
  GUARD_FAILED: { status: 500, type: "server_error", message: "The safety check failed." },
  GENERATION_FAILED: {
    status: 500,
    type: "server_error",
    message: "The model failed to generate.",
  },
  OUT_OF_MEMORY: { ...loading, code: "out_of_memory", message: "The model has run out of memory." },
  DISPOSED: { ...loading, code: "model_unloaded", message: "The model is not loaded." },
  NO_FREE_SEQUENCE: busy,

  EMPTY_CONVERSATION: { ...invalid, param: "messages" },
  SYSTEM_ONLY: { ...invalid, param: "messages" },
  UNSUPPORTED_ROLE: { ...invalid, param: "messages" },
  MISPLACED_SYSTEM: { ...invalid, param: "messages" },
  ROLES_MUST_ALTERNATE: { ...invalid, param: "messages" },
  LAST_MESSAGE_NOT_USER: { ...invalid, param: "messages" },
  SPECIAL_TAG_IN_CONTENT: { ...invalid, param: "messages" },
  INVALID_MESSAGE: { ...invalid, param: "messages" },
  UNSUPPORTED_CONTENT: { ...invalid, param: "messages" },

  CONTENT_FILTER: { ...invalid, code: "content_filter", message: "A safety check refused this." },
  OVERLOADED: { ...busy, message: "The model behind this server has too much to do." },
  TIMEOUT: { ...behind, status: 504, code: "upstream_timeout" },
  SERVER_ERROR: behind,
  BAD_RESPONSE: behind,
  TRUNCATED: behind,
  NETWORK: behind,
};

const INTERNAL: Rule = {
  status: 500,
  type: "server_error",
  code: "internal_error",
  message: "The server failed. Its log tells more, under this answer's x-request-id.",
};

/** A client's error, when the model is one: what the server behind says of our key is none of the caller's faults. */
const BEHIND: Readonly<Record<string, Rule>> = { UNAUTHORIZED: behind, BAD_REQUEST: invalid };

/** What {@link Llama2KitError}s of other packages carry. */
interface ErrorFacts {
  readonly parameter?: unknown;
  readonly messageIndex?: unknown;
  readonly status?: unknown;
  readonly retryAfterMs?: unknown;
}

/**
 * What to tell a caller of an error.
 *
 * @param textField - the request's field that has what the model was to read
 */
export function toProblem(error: unknown, textField = "messages"): Problem {
  const problem = describeProblem(error);
  return problem.param === "messages" ? { ...problem, param: textField } : problem;
}

function describeProblem(error: unknown): Problem {
  if (!Llama2KitError.isInstance(error)) return fromRule(INTERNAL, "", {}, undefined);
  const isBehind = error.name === "ClientError";
  const rule = (isBehind ? BEHIND[error.code] : undefined) ?? RULES[error.code] ?? INTERNAL;
  const facts = error as ErrorFacts;
  // This package's own errors name the fields as the caller does.
  const nameOf = error.name === "ServerError" ? undefined : wireName;
  const problem = fromRule(rule, error.message, facts, nameOf);
  if (error.code !== "OVERLOADED") return problem;
  const retryAfter = typeof facts.retryAfterMs === "number" ? facts.retryAfterMs / 1000 : 1;
  const status = facts.status === 503 ? 503 : 429;
  return { ...problem, status, retryAfter: Math.max(1, Math.ceil(retryAfter)) };
}

function fromRule(
  rule: Rule,
  message: string,
  { parameter, messageIndex }: ErrorFacts,
  nameOf: ((option: string) => string) | undefined,
): Problem {
  let param = rule.param ?? null;
  let told = message;
  if (typeof messageIndex === "number") param = `messages[${messageIndex}]`;
  if (typeof parameter === "string") {
    param = nameOf?.(parameter) ?? parameter;
    told = message.replaceAll(parameter, param);
  }
  return {
    status: rule.status,
    message: rule.message ?? told,
    type: rule.type,
    param: rule.status < 500 ? param : null,
    code: rule.code ?? null,
    retryAfter: rule.retryAfter,
  };
}
