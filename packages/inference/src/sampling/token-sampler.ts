import type { Llama, LlamaModel } from "node-llama-cpp";
import { InferenceError } from "../error.ts";
import type { SampledContext } from "./native-sampler.ts";
import type { SamplingParameters } from "./sampling-parameters.ts";

/** What the tokens of one generation are chosen with. */
export interface TokenSamplerOptions {
  readonly llama: Llama;
  readonly model: LlamaModel;
  /** node-llama-cpp's native context. */
  readonly context: SampledContext;
  readonly parameters: SamplingParameters;
  /** The tokens before the first one that is sampled: penalties look at them too. */
  readonly prompt: ArrayLike<number>;
}

/** Chooses the tokens of one generation, one after the other. */
export interface TokenSampler {
  /**
   * Chooses the next token. Call it for one position after the other, and not again before it is done.
   *
   * @param logitIndex - where in the last decoded batch the logits are, as `addToBatch` has returned it
   * @throws InferenceError `GENERATION_FAILED` where no token is left to choose
   */
  sample(logitIndex: number): Promise<SampledToken>;
  /** Frees what it holds. Calling it twice is fine; while `sample` runs, it waits for that. */
  dispose(): void;
}

/** A token that was chosen. */
export interface SampledToken {
  readonly token: number;
  /** Where `logprobs` was asked for. */
  readonly logprob?: SampledLogprob;
}

/** The model's own probability of a token, before anything was penalised or cut. */
export interface SampledLogprob {
  /** ln of the token's probability at temperature 1. */
  readonly logprob: number;
  /** The likeliest tokens in its place, the likeliest first. */
  readonly top: readonly { readonly token: number; readonly logprob: number }[];
}

/**
 * Makes the sampler of one generation.
 *
 * @throws InferenceError `BAD_PARAMETER`, `BAD_GRAMMAR` or `ENGINE_INCOMPATIBLE`
 */
export async function createTokenSampler(_options: TokenSamplerOptions): Promise<TokenSampler> {
  throw new InferenceError("GENERATION_FAILED", "not written yet");
}
