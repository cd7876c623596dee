import { Llama2KitError } from "@llama2-kit/protocol";

/** What can go wrong in loading a model or running it. */
export type InferenceErrorCode =
  /** An option has a value it cannot have. See `parameter`. */
  | "BAD_PARAMETER"
  /** The grammar or the JSON schema is not one, or asks for what cannot be done. */
  | "BAD_GRAMMAR"
  /** There is no file at the model's path, or none that this process may read. */
  | "MODEL_NOT_FOUND"
  /** The model's file is not GGUF, or of a version that cannot be read. */
  | "NOT_GGUF"
  /** The model's file is cut short, or its structure is damaged. */
  | "MODEL_TRUNCATED"
  /** The model's file is whole, but describes no model that can be: a tensor, a size or the vocabulary is wrong. */
  | "INVALID_MODEL"
  /** Some of the model's weights are not numbers (NaN or infinite). See `checkTensors`. */
  | "INVALID_WEIGHTS"
  /** llama.cpp does not know the model's architecture. */
  | "UNSUPPORTED_ARCHITECTURE"
  /** The model's own chat template is not Llama 2's. */
  | "UNSUPPORTED_CHAT_FORMAT"
  /** The model could not be loaded, for a reason that has no code of its own. */
  | "MODEL_LOAD_FAILED"
  /** The model could not be downloaded. */
  | "DOWNLOAD_FAILED"
  /** What was downloaded is not what the server has: its checksum is another. The file was deleted. */
  | "DOWNLOAD_CORRUPT"
  /** There is no file at an adapter's path, or none that this process may read. */
  | "ADAPTER_NOT_FOUND"
  /** An adapter's file is something else than a LoRA adapter in GGUF. */
  | "NOT_AN_ADAPTER"
  /** An adapter's file is cut short, or its structure is damaged. */
  | "ADAPTER_TRUNCATED"
  /** An adapter was made for another model. */
  | "ADAPTER_MISMATCH"
  /** The model gives no embeddings. */
  | "EMBEDDINGS_UNSUPPORTED"
  /** The GPU that was asked for cannot be used, or this platform has no llama.cpp binary at all. */
  | "GPU_UNAVAILABLE"
  /** The model or its context does not fit into memory. */
  | "OUT_OF_MEMORY"
  /** The prompt is longer than the context. */
  | "CONTEXT_OVERFLOW"
  /** More generations wait than `maxQueue` allows. */
  | "QUEUE_FULL"
  /** The session's file is damaged, or none, or was made by another version, for another model or other settings. */
  | "BAD_SESSION_FILE"
  /** Every sequence is kept by a session. */
  | "NO_FREE_SEQUENCE"
  /** The model has no tokens for infilling. */
  | "INFILL_UNSUPPORTED"
  /** The safety check itself failed, so nothing that it had not seen was let through. */
  | "GUARD_FAILED"
  /** The installed node-llama-cpp is of a version that this package cannot work with. */
  | "ENGINE_INCOMPATIBLE"
  /** llama.cpp failed while generating. */
  | "GENERATION_FAILED"
  /** An answer that is JSON ended before the JSON did. */
  | "INCOMPLETE_JSON"
  /** The model was used after its `dispose()`. */
  | "DISPOSED";

/**
 * The error of this package. `code` says what went wrong; `partialText` holds what had been generated.
 *
 * @example
 * ```ts
 * if (InferenceError.isInstance(error) && error.code === "CONTEXT_OVERFLOW") dropOldestTurn();
 * ```
 */
export class InferenceError extends Llama2KitError<InferenceErrorCode> {
  override readonly name = "InferenceError";
  /** The option at fault, where the code is `BAD_PARAMETER`. */
  readonly parameter: string | undefined;

  /**
   * @param code - what went wrong, to branch on
   * @param message - what was wrong, with which value, and what to do
   * @param options - `cause`: the error behind this one; `parameter`: the option at fault
   */
  constructor(
    code: InferenceErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly parameter?: string } = {},
  ) {
    super(code, message, "cause" in options ? { cause: options.cause } : undefined);
    this.parameter = options.parameter;
  }

  /** Whether a value is an error of this package, whichever copy of it made it. */
  static override isInstance(value: unknown): value is InferenceError {
    return Llama2KitError.isInstance(value) && value.name === "InferenceError";
  }
}
