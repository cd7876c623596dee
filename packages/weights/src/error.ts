import { Llama2KitError } from "@llama2-kit/protocol";

/** What can go wrong with model files. */
export type WeightsErrorCode =
  /** An option has a value it cannot have. See `parameter`. */
  | "BAD_OPTION"
  /** There is no such file or folder, or it may not be read. */
  | "NOT_FOUND"
  /** The file is of no format that is read here. */
  | "UNKNOWN_FORMAT"
  /** A GGUF file is damaged, or was made to harm. */
  | "BAD_GGUF"
  /** A safetensors file or its index is damaged, or was made to harm. */
  | "BAD_SAFETENSORS"
  /** A llama2.c checkpoint or its tokenizer is damaged. */
  | "BAD_LLAMA2C"
  /** A model's configuration says something that cannot be. */
  | "BAD_CONFIG"
  /** A tokenizer's file is damaged. */
  | "BAD_TOKENIZER"
  /** An adapter is damaged, or does not fit its base. */
  | "BAD_ADAPTER"
  /** A tensor is missing, or has not the shape that the model's configuration asks for. */
  | "BAD_TENSOR"
  /** The file is sound, but has something that is not done here. The message names it. */
  | "UNSUPPORTED"
  /** A library is needed that is not installed. The message tells which. */
  | "MISSING_LIBRARY"
  /** The output exists already, and `overwrite` was not asked for. */
  | "OUTPUT_EXISTS"
  /** The output could not be written. */
  | "CANNOT_WRITE"
  /** The hub refused, or could not be reached. */
  | "HUB_FAILED";

/**
 * The error of this package. `code` says what went wrong. What a signal aborts rejects with the signal's
 * reason instead, as in all of Node.
 *
 * @example
 * ```ts
 * try {
 *   await openModel("llama-2-7b.Q4_0.gguf");
 * } catch (error) {
 *   if (WeightsError.isInstance(error) && error.code === "BAD_GGUF") downloadAgain();
 * }
 * ```
 */
export class WeightsError extends Llama2KitError<WeightsErrorCode> {
  override readonly name = "WeightsError";
  /** The file or folder at fault. */
  readonly path: string | undefined;
  /** The option at fault. */
  readonly parameter: string | undefined;

  /**
   * @param code - what went wrong, to branch on
   * @param message - what was wrong, with which value, and what to do
   * @param options - `cause`: the error behind this one; `path`: the file at fault; `parameter`: the option at fault
   */
  constructor(
    code: WeightsErrorCode,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly path?: string | undefined;
      readonly parameter?: string | undefined;
    } = {},
  ) {
    super(code, message, "cause" in options ? { cause: options.cause } : undefined);
    this.path = options.path;
    this.parameter = options.parameter;
  }

  /** Whether a value is an error of this package, whichever copy of it made it. */
  static override isInstance(value: unknown): value is WeightsError {
    return Llama2KitError.isInstance(value) && value.name === "WeightsError";
  }
}

/** The error for an option's bad value: which option, which value, and what it may be. */
export function badOption(parameter: string, value: unknown, allowed: string): WeightsError {
  return new WeightsError(
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
