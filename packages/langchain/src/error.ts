import { Llama2KitError } from "@llama2-kit/protocol";

/** What LangChain can ask for and a Llama 2 cannot do. */
export type LangChainAdapterErrorCode =
  /** A message holds something else than text: a picture, a tool call. See `messageIndex`. */
  | "UNSUPPORTED_CONTENT"
  /** A message is from somebody else than the system, the user or the assistant. See `messageIndex`. */
  | "UNSUPPORTED_ROLE"
  /** A system message is not the first message. See `messageIndex`. */
  | "MISPLACED_SYSTEM"
  /** Tools were bound. */
  | "UNSUPPORTED_TOOLS"
  /** A call option that OpenAI's models have goes by another name here. */
  | "UNSUPPORTED_OPTION"
  /** The model has no `embed`. */
  | "EMBEDDING_UNSUPPORTED";

/**
 * The error of this package. What the model itself fails with reaches the caller as it is.
 *
 * @example
 * ```ts
 * if (LangChainAdapterError.isInstance(error)) console.error(error.code, error.messageIndex);
 * ```
 */
export class LangChainAdapterError extends Llama2KitError<LangChainAdapterErrorCode> {
  override readonly name = "LangChainAdapterError";
  /** The index of the message at fault, where it is about one. */
  readonly messageIndex: number | undefined;

  /**
   * @param code - what went wrong, to branch on
   * @param message - what was wrong, with which value, and what to do
   * @param messageIndex - the message at fault
   */
  constructor(code: LangChainAdapterErrorCode, message: string, messageIndex?: number) {
    super(code, message);
    this.messageIndex = messageIndex;
  }

  /** Whether a value is an error of this package, whichever copy of it made it. */
  static override isInstance(value: unknown): value is LangChainAdapterError {
    return Llama2KitError.isInstance(value) && value.name === "LangChainAdapterError";
  }
}
