import { PromptError, type PromptErrorCode } from "@llama2-kit/prompt";

/**
 * Why a row cannot be learned from: what the prompt's format refuses, or
 * - `BAD_UTF8`, `BAD_JSON`: it cannot be read
 * - `ROW_TOO_LONG`: it has more bytes than a row of conversation ever has
 * - `UNKNOWN_FORMAT`: it has none of the fields that datasets have
 * - `MIXED_FORMATS`: it is in another format than the rows before it
 * - `EMPTY_MESSAGE`, `NO_ANSWER`: somebody says nothing, or the assistant never speaks
 * - `OVERLONG`: it has more tokens than a sequence
 */
export type RowFault =
  | Exclude<PromptErrorCode, "INVALID_OPTION">
  | "BAD_UTF8"
  | "BAD_JSON"
  | "ROW_TOO_LONG"
  | "UNKNOWN_FORMAT"
  | "MIXED_FORMATS"
  | "EMPTY_MESSAGE"
  | "NO_ANSWER"
  | "OVERLONG";

/** Ends the reading of one row. It never leaves the package: the report names the row, or a strict reading fails. */
export class UnusableRow extends Error {
  readonly code: RowFault;

  constructor(code: RowFault, reason: string) {
    super(reason);
    this.code = code;
  }
}

/**
 * Tells a row's fault from those of the caller, such as a tokenizer that adds BOS: those are thrown on.
 *
 * @param error - what was thrown while a row was read
 * @returns what is wrong with the row
 * @throws the error, if the row is not at fault
 */
export function rowFaultOf(error: unknown): { code: RowFault; reason: string } {
  if (error instanceof UnusableRow) return { code: error.code, reason: error.message };
  if (PromptError.isInstance(error) && error.code !== "INVALID_OPTION") {
    return { code: error.code, reason: error.message };
  }
  throw error;
}
