import { Llama2KitError } from "@llama2-kit/protocol";

/**
 * What is wrong with a conversation or a prompt, or with how it was passed.
 * - `EMPTY_CONVERSATION`: there are no messages
 * - `SYSTEM_ONLY`: there is a system message and nothing else
 * - `UNSUPPORTED_ROLE`: a role other than `system`, `user` and `assistant`
 * - `MISPLACED_SYSTEM`: a system message anywhere but first
 * - `ROLES_MUST_ALTERNATE`: user and assistant do not take turns, or the assistant begins
 * - `LAST_MESSAGE_NOT_USER`: there is nothing to answer, and `continueFinalMessage` is off
 * - `SPECIAL_TAG_IN_CONTENT`: a message holds one of the format's own tags, as a prompt injection does
 * - `INVALID_MESSAGE`: the messages are not an array, a message is not an object, or its content not a string
 * - `UNSUPPORTED_CONTENT`: a message of another library holds what Llama 2 cannot read, such as an image
 * - `CONTEXT_OVERFLOW`: even the newest turn alone leaves no room for an answer
 * - `MALFORMED_PROMPT`: a prompt is not in Llama 2's format
 * - `MALFORMED_ANSWER`: a model's answer is not in the form that it was asked for
 * - `TEMPLATE_FAILED`: a chat template has an error, or refused the conversation
 * - `INVALID_OPTION`: an option is out of range, or the tokenizer does not encode plain text as asked
 */
export type PromptErrorCode =
  | "EMPTY_CONVERSATION"
  | "SYSTEM_ONLY"
  | "UNSUPPORTED_ROLE"
  | "MISPLACED_SYSTEM"
  | "ROLES_MUST_ALTERNATE"
  | "LAST_MESSAGE_NOT_USER"
  | "SPECIAL_TAG_IN_CONTENT"
  | "INVALID_MESSAGE"
  | "UNSUPPORTED_CONTENT"
  | "CONTEXT_OVERFLOW"
  | "MALFORMED_PROMPT"
  | "MALFORMED_ANSWER"
  | "TEMPLATE_FAILED"
  | "INVALID_OPTION";

/**
 * Thrown by every function of this package that cannot do exactly what it is for with what it was given.
 *
 * @example
 * ```ts
 * try {
 *   formatChat(messages);
 * } catch (error) {
 *   if (!PromptError.isInstance(error)) throw error;
 *   if (error.code === "SPECIAL_TAG_IN_CONTENT") reject(messages[error.messageIndex ?? 0]);
 * }
 * ```
 */
export class PromptError extends Llama2KitError<PromptErrorCode> {
  override readonly name = "PromptError";
  /** Which message is at fault: an index into the array that was passed. Undefined where no single one is. */
  readonly messageIndex?: number;
  /** Where a prompt is at fault: an offset into its text, or an index into its segments or ids. */
  readonly offset?: number;

  /**
   * @param code - what went wrong, to branch on
   * @param message - what was wrong, with which value, and what to do
   * @param options - `messageIndex`: the message at fault; `offset`: the place in a prompt; `cause`: the error behind this one
   */
  constructor(
    code: PromptErrorCode,
    message: string,
    options?: {
      readonly messageIndex?: number;
      readonly offset?: number;
      readonly cause?: unknown;
    },
  ) {
    super(code, message, options);
    if (options?.messageIndex !== undefined) this.messageIndex = options.messageIndex;
    if (options?.offset !== undefined) this.offset = options.offset;
  }

  /** Whether a value is a `PromptError`, whichever copy of this package made it. */
  static override isInstance(value: unknown): value is PromptError {
    return Llama2KitError.isInstance(value) && value.name === "PromptError";
  }
}
