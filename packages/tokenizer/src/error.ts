import { describe } from "./describe.ts";

/** Marks llama2-kit's errors, for `@llama2-kit/protocol` to recognise. Written out, as this package depends on nothing. */
const MARKER = Symbol.for("@llama2-kit/error");

/**
 * What is wrong with a vocabulary file, or with a call.
 * - `UNKNOWN_FORMAT`: the bytes are not a `tokenizer.model`, a `tokenizer.json` or a GGUF
 * - `TRUNCATED`: the file ends before what it announces
 * - `MALFORMED`: the file contradicts its format or itself
 * - `LIMIT_EXCEEDED`: the file has more of something than any Llama's has, which would cost memory or time
 * - `UNSUPPORTED`: the file holds a tokenizer that does not work as Llama 2's does
 * - `INVALID_ARGUMENT`: a function got a value that it does not take
 */
export type TokenizerErrorCode =
  | "UNKNOWN_FORMAT"
  | "TRUNCATED"
  | "MALFORMED"
  | "LIMIT_EXCEEDED"
  | "UNSUPPORTED"
  | "INVALID_ARGUMENT";

/**
 * Thrown by every function of this package that refuses what it was given.
 *
 * @example
 * ```ts
 * try {
 *   loadTokenizer(bytes);
 * } catch (error) {
 *   if (!TokenizerError.isInstance(error)) throw error;
 *   console.error(error.code, error.place, error.message);
 * }
 * ```
 */
export class TokenizerError extends Error {
  /** The class's name, written out because minifiers change `constructor.name`. */
  override readonly name = "TokenizerError";
  /** What went wrong, to branch on. */
  readonly code: TokenizerErrorCode;
  /**
   * Where in a file: `byte 1234`, `piece 1234`, a setting as `tokenizer.ggml.model`, or a JSON path as `model.merges[7]`.
   * Undefined where no file is at fault.
   */
  readonly place?: string | undefined;
  /** Always empty. Every error of llama2-kit has it, for those that end a generation. */
  partialText = "";

  /**
   * @param code - what went wrong, to branch on
   * @param message - what was wrong, with which value, and what to do
   * @param options - `place`: where in the file; `cause`: the error behind this one
   */
  constructor(
    code: TokenizerErrorCode,
    message: string,
    options: { readonly place?: string | undefined; readonly cause?: unknown } = {},
  ) {
    const { place } = options;
    super(place === undefined ? message : `${place}: ${message}`, options);
    Object.defineProperty(this, MARKER, { value: true });
    this.code = code;
    this.place = place;
  }

  /** Whether a value is a `TokenizerError`, whichever copy of this package made it. */
  static isInstance(value: unknown): value is TokenizerError {
    const candidate = Object(value);
    return MARKER in candidate && candidate.name === "TokenizerError";
  }
}

/** Throws, with the place in the file if one is given. */
export function fail(code: TokenizerErrorCode, problem: string, place?: string): never {
  throw new TokenizerError(code, problem, { place });
}

/** Refuses more of something than a limit. */
export function exceeds(count: number, limit: number, what: string, place?: string): void {
  if (count > limit) {
    fail("LIMIT_EXCEEDED", `there are ${count} ${what}, and the limit is ${limit}.`, place);
  }
}

/** Refuses a file with a setting that makes other ids than Llama 2's. */
export function requireSetting(name: string, value: unknown, wanted: unknown): void {
  if (value === wanted) return;
  const problem = `this is ${describe(value)}, and must be ${describe(wanted)} as in Llama 2.`;
  fail("UNSUPPORTED", problem, name);
}
