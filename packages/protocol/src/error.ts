/** Marks our errors. A registered symbol, so that copies of this package recognise each other's errors. */
const MARKER = Symbol.for("@llama2-kit/error");

/**
 * The base of every error that llama2-kit throws on purpose. Each package has one class of its own, whose
 * `code` says what went wrong in a form to branch on; the message says it to a person.
 *
 * Use `isInstance` rather than `instanceof`: it also holds when a project ends up with two copies of a package.
 *
 * @example
 * ```ts
 * try {
 *   await model.chat(messages).text();
 * } catch (error) {
 *   if (!Llama2KitError.isInstance(error)) throw error;
 *   console.error(error.code, error.message, error.partialText);
 * }
 * ```
 */
export class Llama2KitError<Code extends string = string> extends Error {
  /** The class's name, written out because minifiers change `constructor.name`. */
  override readonly name: string = "Llama2KitError";
  /** What went wrong, to branch on. */
  readonly code: Code;
  /** The text that had been generated when a generation failed. Its stream fills this in; elsewhere it is empty. */
  partialText = "";

  /**
   * @param code - what went wrong, to branch on
   * @param message - what was wrong, with which value, and what to do
   * @param options - `cause`: the error behind this one
   */
  constructor(code: Code, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Whether a value is an error of llama2-kit, whichever copy of whichever package made it. */
  static isInstance(value: unknown): value is Llama2KitError {
    return typeof value === "object" && value !== null && MARKER in value;
  }
}
