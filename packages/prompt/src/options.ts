import { describe } from "./describe.ts";
import { PromptError } from "./error.ts";

/** How to lay out a conversation. Every field is optional. */
export interface FormatOptions {
  /**
   * What to do with a message, of any role, that holds `[INST]`, `[/INST]`, `<<SYS>>` or `<</SYS>>`.
   * - `error` (the default): throw, as Meta's code refuses to answer. The model takes such a tag for the real one,
   *   so a user who writes it can forge the system message or an answer.
   * - `escape`: take it its effect, see {@link escapeTags}. `parseChat` with the same option undoes it.
   * - `allow`: put it into the prompt as it is.
   */
  readonly specialTags?: "error" | "escape" | "allow" | undefined;
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
  /**
   * Ends a last message from the assistant as every answer before it, EOS included: a whole conversation, as a model
   * learns it. Default false: such a message is then refused. Without effect where the user speaks last.
   */
  readonly closeFinalMessage?: boolean | undefined;
  /**
   * Joins messages in a row that have the same role, by an empty line, as the format has no place for them.
   * Default false: they are then refused. The answer to them, and an error, go by the index of the first.
   */
  readonly mergeConsecutive?: boolean | undefined;
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
export const MAX_ID: number = 2 ** 31 - 1;

/**
 * @param options - as the caller passed them
 * @returns the options with defaults filled in
 * @throws PromptError with code `INVALID_OPTION`
 */
export function resolveFormatOptions(options: FormatOptions): Resolved<FormatOptions> {
  if (typeof options !== "object" || options === null) {
    throw invalidOption("options", options, "an object, or leave it out");
  }
  const {
    specialTags = "error",
    bos = true,
    continueFinalMessage = false,
    closeFinalMessage = false,
    mergeConsecutive = false,
  } = options;
  if (specialTags !== "error" && specialTags !== "escape" && specialTags !== "allow") {
    throw invalidOption("specialTags", specialTags, '"error", "escape" or "allow"');
  }
  requireBoolean("bos", bos);
  requireBoolean("continueFinalMessage", continueFinalMessage);
  requireBoolean("closeFinalMessage", closeFinalMessage);
  if (continueFinalMessage && closeFinalMessage) {
    throw invalidOption("closeFinalMessage", true, "it or continueFinalMessage, not both");
  }
  requireBoolean("mergeConsecutive", mergeConsecutive);
  return { specialTags, bos, continueFinalMessage, closeFinalMessage, mergeConsecutive };
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
  if (typeof value !== "boolean") throw invalidOption(name, value, "true or false");
}

function requireId(name: string, value: number): void {
  if (!isId(value)) throw invalidOption(name, value, "a token id, an integer from 0");
}

/**
 * Whether a value can be a token's id. A larger one would wrap around in 32 bits, and could become BOS or EOS.
 *
 * @param value - anything
 * @returns whether it is an integer from 0 to {@link MAX_ID}
 */
export function isId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_ID;
}

/**
 * @param name - the option's name
 * @param value - what was passed
 * @param wanted - what may be passed
 * @returns an error to throw
 */
export function invalidOption(name: string, value: unknown, wanted: string): PromptError {
  return new PromptError("INVALID_OPTION", `${name} is ${describe(value)}: pass ${wanted}.`);
}
