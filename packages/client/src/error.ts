import { Llama2KitError } from "@llama2-kit/protocol";

/** What can go wrong between an app and a server. */
export type ClientErrorCode =
  /** An option has a value it cannot have. See `parameter`. */
  | "BAD_PARAMETER"
  /** The server cannot do what an option asks for. See `parameter`; `unsupported: "warn"` leaves such options out. */
  | "UNSUPPORTED"
  /** The server refused the request: status 400, 404, 422 and the like. */
  | "BAD_REQUEST"
  /** The key is missing or wrong, or is not allowed to do this. */
  | "UNAUTHORIZED"
  /** The prompt is longer than the model's context. */
  | "CONTEXT_OVERFLOW"
  /** A safety check refused the prompt. */
  | "CONTENT_FILTER"
  /** The server has too much to do, or is still loading the model. See `retryAfterMs`. */
  | "OVERLOADED"
  /** The server failed, before or while it generated. */
  | "SERVER_ERROR"
  /** The server answered with something else than a stream of text: a web page, JSON, events that cannot be read. */
  | "BAD_RESPONSE"
  /** The stream ended in the middle: the server died, or a proxy cut it. */
  | "TRUNCATED"
  /** Something took longer than `timeouts` allow. See `phase`. */
  | "TIMEOUT"
  /** The server cannot be reached, or the connection broke. */
  | "NETWORK";

/** What was waited for when the time was up. */
export type TimeoutPhase = "connect" | "firstToken" | "idle" | "total";

/** What is known of a {@link ClientError} beside its code and message. */
export interface ClientErrorDetails {
  /** The error behind this one. */
  readonly cause?: unknown;
  /** The option at fault, where the code is `BAD_PARAMETER` or `UNSUPPORTED`. */
  readonly parameter?: string | undefined;
  /** What was waited for, where the code is `TIMEOUT`. */
  readonly phase?: TimeoutPhase | undefined;
  /** The HTTP status; also of an error that came in a stream, where the server named one. */
  readonly status?: number | undefined;
  /** The server's own word for what went wrong, such as `context_length_exceeded` or `overloaded`. */
  readonly serverCode?: string | undefined;
  /** The server's name for the request, from `x-request-id`. */
  readonly requestId?: string | undefined;
  /** How long the server asks to wait before the next try, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Whether the same request may succeed later. */
  readonly retryable?: boolean | undefined;
}

/**
 * The error of this package. `code` says what went wrong; `partialText` holds what had been generated.
 *
 * @example
 * ```ts
 * try {
 *   await model.chat(messages).text();
 * } catch (error) {
 *   if (!ClientError.isInstance(error)) throw error;
 *   if (error.code === "OVERLOADED") showBusy(error.retryAfterMs);
 *   else if (error.code === "TRUNCATED") showUnfinished(error.partialText);
 * }
 * ```
 */
export class ClientError extends Llama2KitError<ClientErrorCode> {
  override readonly name = "ClientError";
  /** The option at fault, where the code is `BAD_PARAMETER` or `UNSUPPORTED`. */
  declare readonly parameter: string | undefined;
  /** What was waited for, where the code is `TIMEOUT`. */
  declare readonly phase: TimeoutPhase | undefined;
  /** The HTTP status; also of an error that came in a stream, where the server named one. */
  declare readonly status: number | undefined;
  /** The server's own word for what went wrong. */
  declare readonly serverCode: string | undefined;
  /** The server's name for the request, from `x-request-id`. */
  declare readonly requestId: string | undefined;
  /** How long the server asks to wait before the next try, in milliseconds. */
  declare readonly retryAfterMs: number | undefined;
  /** Whether the same request may succeed later. The client has by then tried as often as `retries` says. */
  readonly retryable: boolean = false;

  /**
   * @param code - what went wrong, to branch on
   * @param message - what was wrong, with which value, and what to do
   * @param details - what else is known
   */
  constructor(code: ClientErrorCode, message: string, details: ClientErrorDetails = {}) {
    super(code, message, "cause" in details ? { cause: details.cause } : undefined);
    Object.assign(this, details);
  }

  /** Whether a value is an error of this package, whichever copy of it made it. */
  static override isInstance(value: unknown): value is ClientError {
    return Llama2KitError.isInstance(value) && value.name === "ClientError";
  }
}
