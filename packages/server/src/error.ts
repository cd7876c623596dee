import { Llama2KitError } from "@llama2-kit/protocol";

/** What can go wrong in setting up a server, and why one refuses a request. */
export type ServerErrorCode =
  /** An option has a value it cannot have. See `parameter`. */
  | "BAD_OPTION"
  /** A public address was to be listened on without a key. */
  | "PUBLIC_WITHOUT_KEY"
  /** The address cannot be listened on: it is in use, or not this machine's. */
  | "CANNOT_LISTEN"
  /** The request has a field with a value it cannot have, or none where it must have one. See `parameter`. */
  | "BAD_REQUEST"
  /** The request asks for something that the model or this server cannot do. See `parameter`. */
  | "UNSUPPORTED"
  /** A text is longer than any that fits the model's context. See `parameter`. */
  | "TEXT_TOO_LONG"
  /** The key is missing or wrong. */
  | "UNAUTHORIZED"
  /** The request names a host that this server does not answer to. */
  | "WRONG_HOST"
  /** A page of another site asks. */
  | "WRONG_ORIGIN"
  /** There is no such route. */
  | "NOT_FOUND"
  /** There is no such model. */
  | "MODEL_NOT_FOUND"
  /** The route has other methods. */
  | "METHOD_NOT_ALLOWED"
  /** The request's body is larger than the limit. */
  | "BODY_TOO_LARGE"
  /** The request's body is not JSON by its content type. */
  | "WRONG_CONTENT_TYPE"
  /** More requests are under way than the limit. */
  | "QUEUE_FULL"
  /** The model is not loaded yet. */
  | "MODEL_LOADING"
  /** The model could not be loaded. */
  | "MODEL_FAILED"
  /** The server is about to end. */
  | "SHUTTING_DOWN";

/**
 * The error of this package. `code` says what went wrong.
 *
 * @example
 * ```ts
 * try {
 *   await serve(handler, { port: 8080, host: "0.0.0.0" });
 * } catch (error) {
 *   if (ServerError.isInstance(error) && error.code === "PUBLIC_WITHOUT_KEY") askForKey();
 * }
 * ```
 */
export class ServerError extends Llama2KitError<ServerErrorCode> {
  override readonly name = "ServerError";
  /** The option or the request's field at fault. */
  readonly parameter: string | undefined;

  /**
   * @param code - what went wrong, to branch on
   * @param message - what was wrong, with which value, and what to do
   * @param options - `cause`: the error behind this one; `parameter`: the option or field at fault
   */
  constructor(
    code: ServerErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly parameter?: string | undefined } = {},
  ) {
    super(code, message, "cause" in options ? { cause: options.cause } : undefined);
    this.parameter = options.parameter;
  }

  /** Whether a value is an error of this package, whichever copy of it made it. */
  static override isInstance(value: unknown): value is ServerError {
    return Llama2KitError.isInstance(value) && value.name === "ServerError";
  }
}

/** The error for a request's bad value. */
export function badRequest(parameter: string | undefined, message: string): ServerError {
  return new ServerError("BAD_REQUEST", message, { parameter });
}

/** The error for what a request asks for and nobody here can do. */
export function unsupported(parameter: string | undefined, message: string): ServerError {
  return new ServerError("UNSUPPORTED", message, { parameter });
}

/** The error for an option's bad value: which option, which value, and what it may be. */
export function badOption(parameter: string, value: unknown, allowed: string): ServerError {
  return new ServerError(
    "BAD_OPTION",
    `${parameter} must be ${allowed}; it is ${describe(value)}.`,
    { parameter },
  );
}

const LONGEST_SHOWN_VALUE = 60;

/** A value for an error's message: never long, and of objects only that they are some. */
export function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > LONGEST_SHOWN_VALUE ? `${text.slice(0, LONGEST_SHOWN_VALUE)}…` : text;
}
