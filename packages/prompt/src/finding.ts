/**
 * What can be wrong with a prompt.
 * - `MISSING_INST`: there is no `[INST]`, so the model is asked to write on, not to answer
 * - `MISSING_END_INST`: an `[INST]` without its `[/INST]`
 * - `SYS_OUTSIDE_INST`: the system message is not inside the first `[INST]`
 * - `MISPLACED_SYS`: a system message in a later turn, or behind a user's words
 * - `MISSING_END_SYS`: a `<<SYS>>` without its `<</SYS>>`
 * - `UNEXPECTED_TAG`: a tag where none can be, such as a second `[/INST]`
 * - `TEXT_OUTSIDE_INST`: text before the first `[INST]`, or between two turns
 * - `DOUBLE_BOS`: two `<s>` in a row, or one that the reader of the prompt adds as well
 * - `DOUBLE_EOS`: two `</s>` in a row
 * - `MARK_IN_TEXT`: `<s>` or `</s>` amid a message, of which whatever reads the prompt makes BOS or EOS
 * - `MISSING_BOS`: no `<s>` at the beginning of a turn
 * - `MISSING_EOS`: no `</s>` between an answer and the next turn
 * - `MISSING_SPACE`, `EXTRA_SPACE`: not exactly one space where the format has one
 * - `SYS_SPACING`: not exactly the newlines that the format has around a system message
 * - `TRAILING_SPACE`: white space at the end, where the model's next token brings its own
 * - `DEFAULT_SYSTEM_PROMPT`: Meta's former default system message, which makes the model refuse harmless questions
 */
export type LintCode =
  | "MISSING_INST"
  | "MISSING_END_INST"
  | "SYS_OUTSIDE_INST"
  | "MISPLACED_SYS"
  | "MISSING_END_SYS"
  | "UNEXPECTED_TAG"
  | "TEXT_OUTSIDE_INST"
  | "DOUBLE_BOS"
  | "DOUBLE_EOS"
  | "MARK_IN_TEXT"
  | "MISSING_BOS"
  | "MISSING_EOS"
  | "MISSING_SPACE"
  | "EXTRA_SPACE"
  | "SYS_SPACING"
  | "TRAILING_SPACE"
  | "DEFAULT_SYSTEM_PROMPT";

/** One thing that is wrong with a prompt. */
export interface LintFinding {
  readonly code: LintCode;
  /** What is wrong and what is due, for a person. */
  readonly message: string;
  /** Where: UTF-16 offset into the prompt. */
  readonly offset: number;
}

/** What costs quality but does not change who said what. */
const COSMETIC: ReadonlySet<LintCode> = new Set([
  "MISSING_SPACE",
  "EXTRA_SPACE",
  "SYS_SPACING",
  "TRAILING_SPACE",
  "DEFAULT_SYSTEM_PROMPT",
]);

/**
 * @param finding - a finding
 * @returns whether the prompt's messages are in doubt, and not only its spaces or wording
 */
export function isStructural({ code }: LintFinding): boolean {
  return !COSMETIC.has(code);
}
