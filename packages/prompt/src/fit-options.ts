import {
  type EncodeOptions,
  invalidOption,
  type Resolved,
  resolveEncodeOptions,
} from "./options.ts";
import type { TextTokenizer } from "./plain-text.ts";

/** How much room there is, and what to do when it is full. All but the tokenizer are optional. */
export interface FitOptions extends Omit<EncodeOptions, "closeFinalMessage"> {
  /** Encodes plain text, as for `encodeChat`. Pass the same object each time: token counts are kept with it. */
  readonly tokenizer: TextTokenizer;
  /** Tokens that the model can attend to. Default 4096, Llama 2's. */
  readonly contextSize?: number | undefined;
  /** Tokens to leave free for the answer. Default 512, but no more than a quarter of `contextSize`. */
  readonly reserve?: number | undefined;
  /**
   * The low-water mark: when the room is full, about how much of it to keep, as a share (less by up to one exchange, as
   * only whole ones go). Default 0.75. With 1 no more is dropped than must be; but then something is at every turn, and an engine that keeps its KV cache
   * has to evaluate all of the prompt again each time.
   */
  readonly keep?: number | undefined;
  /**
   * What to do when even the newest turn does not fit: cut its user message at the `start` or at the `end`. Default:
   * throw.
   */
  readonly truncate?: "start" | "end" | undefined;
}

/** Options with their defaults filled in, and the room that they leave. */
export interface ResolvedFit extends Resolved<EncodeOptions> {
  readonly tokenizer: TextTokenizer;
  readonly contextSize: number;
  readonly reserve: number;
  readonly keep: number;
  readonly truncate: "start" | "end" | undefined;
}

const LLAMA2_CONTEXT_SIZE = 4096;
/** Some 400 words, which most answers stay below. */
const DEFAULT_RESERVE = 512;
/** A quarter of Llama 2's room is some ten turns: the cache is rebuilt once in ten turns. */
const DEFAULT_KEEP = 0.75;

/**
 * @param options - as the caller passed them
 * @returns the options with defaults filled in
 * @throws PromptError with code `INVALID_OPTION`
 */
export function resolveFitOptions(options: FitOptions): ResolvedFit {
  const encoding = resolveEncodeOptions(options);
  const { tokenizer, contextSize = LLAMA2_CONTEXT_SIZE, keep = DEFAULT_KEEP, truncate } = options;
  if (!Number.isInteger(contextSize) || contextSize < 1) {
    throw invalidOption("contextSize", contextSize, "a number of tokens from 1");
  }
  const { reserve = Math.min(DEFAULT_RESERVE, Math.floor(contextSize / 4)) } = options;
  if (!Number.isInteger(reserve) || reserve < 0 || reserve >= contextSize) {
    throw invalidOption(
      "reserve",
      reserve,
      `a number of tokens below contextSize (${contextSize})`,
    );
  }
  if (typeof keep !== "number" || !(keep > 0 && keep <= 1)) {
    throw invalidOption("keep", keep, "a share above 0 and up to 1");
  }
  if (truncate !== undefined && truncate !== "start" && truncate !== "end") {
    throw invalidOption("truncate", truncate, '"start" or "end", or leave it out');
  }
  return { ...encoding, tokenizer, contextSize, reserve, keep, truncate };
}
