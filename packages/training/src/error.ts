import { Llama2KitError } from "@llama2-kit/protocol";

/** What can go wrong in training. */
export type TrainingErrorCode =
  /** An option has a value it cannot have. See `parameter`. */
  | "BAD_OPTION"
  /** ggml's shared libraries, or this package's own script, were not found or could not be loaded. */
  | "ENGINE_MISSING"
  /** ggml's libraries are of a version that this package cannot work with: the check at the start failed. */
  | "ENGINE_INCOMPATIBLE"
  /** The device that was asked for is not there. */
  | "DEVICE_UNAVAILABLE"
  /** The model is none that can be trained here. */
  | "UNSUPPORTED_MODEL"
  /** The training would take more memory than there is. The message has the numbers. */
  | "OUT_OF_MEMORY"
  /** The dataset has no example, or one that cannot be learned from. */
  | "BAD_DATASET"
  /** The loss or the gradients are no longer numbers. */
  | "DIVERGED"
  /** The checkpoint is damaged, or of another training. */
  | "BAD_CHECKPOINT"
  /** ggml ended the training's process. The message has its last words. */
  | "ENGINE_CRASHED";

/**
 * The error of this package. `code` says what went wrong. What a signal aborts rejects with the signal's
 * reason instead, as in all of Node.
 *
 * @example
 * ```ts
 * try {
 *   await trainAdapter(options);
 * } catch (error) {
 *   if (TrainingError.isInstance(error) && error.code === "OUT_OF_MEMORY") trainOnShorterSequences();
 * }
 * ```
 */
export class TrainingError extends Llama2KitError<TrainingErrorCode> {
  override readonly name = "TrainingError";
  /** The option at fault. */
  readonly parameter: string | undefined;

  /**
   * @param code - what went wrong, to branch on
   * @param message - what was wrong, with which value, and what to do
   * @param options - `cause`: the error behind this one; `parameter`: the option at fault
   */
  constructor(
    code: TrainingErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly parameter?: string | undefined } = {},
  ) {
    super(code, message, "cause" in options ? { cause: options.cause } : undefined);
    this.parameter = options.parameter;
  }

  /** Whether a value is an error of this package, whichever copy of it made it. */
  static override isInstance(value: unknown): value is TrainingError {
    return Llama2KitError.isInstance(value) && value.name === "TrainingError";
  }
}

/** The error for an option's bad value: which option, which value, and what it may be. */
export function badOption(parameter: string, value: unknown, allowed: string): TrainingError {
  return new TrainingError(
    "BAD_OPTION",
    `${parameter} must be ${allowed}; it is ${describe(value)}.`,
    { parameter },
  );
}

const LONGEST_SHOWN_VALUE = 60;

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return value.length === 0 ? "an empty array" : "an array";
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > LONGEST_SHOWN_VALUE ? `${text.slice(0, LONGEST_SHOWN_VALUE)}…` : text;
}
