import { describe } from "./describe.ts";
import { PromptError } from "./error.ts";

/** How to lay out a conversation. Every field is optional. */
export interface FormatOptions {
  /**
   * What to do with a message, of any role, that holds `[INST]`, `[/INST]`, `<<SYS>>` or `<</SYS>>`.
   * - `error` (the default): throw, as Meta's code refuses to answer. The model takes such a tag for the real one,
   *   so a user who writes it can forge the system message or an answer.
   * - `allow`: put it into the prompt as it is.
   */
  readonly specialTags?: "error" | "allow" | undefined;
  /**
   * Whether the prompt begins with BOS. Default true. False leaves out the very first one only, for tokenizers
   * and servers that add it themselves: the model was never trained on two of them.
   */
  readonly bos?: boolean | undefined;
  /**
   * Leaves a last message from the assistant open, so that the model writes on where it ends (prefill).
   * Default false: such a message is then refused. Without effect where the user speaks last.
   */
  readonly continueFinalMessage?: boolean | undefined;
}

/** How to lay out and encode a conversation. Every field is optional. */
export interface EncodeOptions extends FormatOptions {
  /** Id of the token that begins each exchange. Default 1, Llama 2's. */
  readonly bosId?: number | undefined;
  /** Id of the token that ends each answer. Default 2, Llama 2's. */
  readonly eosId?: number | undefined;
}

/** Options with their defaults filled in. */
export type Resolved<Options> = { readonly [Name in keyof Options]-?: NonNullable<Options[Name]> };

/** Ids are 32-bit signed integers, in the result and in every engine. */
const MAX_ID = 2 ** 31 - 1;

/**
 * @param options - as the caller passed them
 * @returns the options with defaults filled in
 * @throws PromptError with code `INVALID_OPTION`
 */
export function resolveFormatOptions(options: FormatOptions): Resolved<FormatOptions> {
  if (typeof options !== "object" || options === null) {
    throw invalid("options", options, "an object, or leave it out");
  }
  const { specialTags = "error", bos = true, continueFinalMessage = false } = options;
  if (specialTags !== "error" && specialTags !== "allow") {
    throw invalid("specialTags", specialTags, '"error" or "allow"');
  }
  requireBoolean("bos", bos);
  requireBoolean("continueFinalMessage", continueFinalMessage);
  return { specialTags, bos, continueFinalMessage };
}

/**
 * @param options - as the caller passed them
 * @returns the options with defaults filled in
 * @throws PromptError with code `INVALID_OPTION`
 */
export function resolveEncodeOptions(options: EncodeOptions): Resolved<EncodeOptions> {
  const formatOptions = resolveFormatOptions(options);
  const { bosId = 1, eosId = 2 } = options;
  requireId("bosId", bosId);
  requireId("eosId", eosId);
  return { ...formatOptions, bosId, eosId };
}

function requireBoolean(name: string, value: unknown): void {
  if (typeof value !== "boolean") throw invalid(name, value, "true or false");
}

function requireId(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > MAX_ID) {
    throw invalid(name, value, "a token id, an integer from 0");
  }
}

function invalid(name: string, value: unknown, wanted: string): PromptError {
  return new PromptError("INVALID_OPTION", `${name} is ${describe(value)}: pass ${wanted}.`);
}
