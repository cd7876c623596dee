import type { GenerateOptions } from "@llama2-kit/protocol";
import { badRequest } from "../error.ts";
import type { Fields } from "../fields.ts";
import { readConstraint } from "./constraint.ts";
import { readMaxTokens, readSeed, seedOf } from "./generation-limits.ts";
import { type OptionsDraft, readSampling, set } from "./sampling.ts";
import { refuseUnsupported } from "./unsupported.ts";

/** What chat requests and completion requests have in common. */
export interface OpenAIRequest {
  readonly model: string | undefined;
  readonly stream: boolean;
  /** Whether a stream tells the usage at its end. */
  readonly includeUsage: boolean;
  /** Whether every event of a stream tells the usage so far. */
  readonly continuousUsage: boolean;
  /** Whether a stream tells how far the prompt has been read. */
  readonly progress: boolean;
  /** Whether the ids of tokens are told. */
  readonly tokenIds: boolean;
  /** How many answers to each prompt. */
  readonly n: number;
  /** The options of one of the answers. */
  readonly optionsOf: (index: number) => OptionsDraft;
}

/** What a request may ask for. */
export interface RequestLimits {
  /** Answers to one request. */
  readonly maxChoices: number;
}

/**
 * Reads what chat requests and completion requests have in common.
 *
 * @param more - options that the two read in their own ways
 * @throws ServerError `BAD_REQUEST` or `UNSUPPORTED`
 */
export function readOpenAIRequest(
  fields: Fields,
  { maxChoices }: RequestLimits,
  more: GenerateOptions,
): OpenAIRequest {
  refuseUnsupported(fields);
  const n = fields.integer("n", { min: 1, max: maxChoices }) ?? 1;
  const best = fields.integer("best_of");
  if (best !== undefined && best !== n) {
    throw badRequest("best_of", `best_of must be the same as n, which is ${n}; it is ${best}.`);
  }
  const streaming = fields.fields("stream_options");
  const seed = readSeed(fields);
  const options: OptionsDraft = { ...readSampling(fields), ...readConstraint(fields), ...more };
  const isStream = fields.boolean("stream") ?? false;
  return {
    model: fields.string("model"),
    stream: isStream,
    includeUsage: streaming?.boolean("include_usage") ?? false,
    continuousUsage: streaming?.boolean("continuous_usage_stats") ?? false,
    progress: fields.boolean("return_progress") ?? false,
    tokenIds: fields.boolean("return_token_ids") ?? fields.boolean("return_tokens") ?? false,
    n,
    optionsOf(index) {
      const own = { ...options };
      set(own, "seed", seedOf(seed, index % n));
      return own;
    },
  };
}

/** Reads `max_tokens` and its other names. */
export function readTokenLimit(fields: Fields): GenerateOptions {
  const maxTokens = readMaxTokens(fields, "max_completion_tokens", "max_tokens", "n_predict");
  return maxTokens === undefined ? {} : { maxTokens };
}
