import type { Llama, LlamaModel } from "node-llama-cpp";
import { InferenceError } from "../error.ts";
import { badParameter } from "../parameters.ts";
import { dryPenalties } from "./dry.ts";
import { findBreakers } from "./dry-breakers.ts";
import { startGrammar } from "./grammar.ts";
import { LogprobReader, type SampledLogprob } from "./logprob-reader.ts";
import { nativeSampling, type SampledContext, vocabularySize } from "./native-sampler.ts";
import { isNative, NativeTokenSampler } from "./native-token-sampler.ts";
import type { SamplerParts, TokenChooser } from "./sampler-parts.ts";
import type { SamplingParameters } from "./sampling-parameters.ts";
import { ScriptedTokenSampler } from "./scripted-token-sampler.ts";
import { TokenHistory } from "./token-history.ts";

/** What the tokens of one generation are chosen with. */
export interface TokenSamplerOptions {
  readonly llama: Llama;
  readonly model: LlamaModel;
  /** node-llama-cpp's native context. */
  readonly context: SampledContext;
  readonly parameters: SamplingParameters;
  /** The tokens before the first one that is sampled: penalties look at them too, as in llama.cpp's server. */
  readonly prompt: ArrayLike<number>;
}

/** Chooses the tokens of one generation, one after the other. */
export interface TokenSampler {
  /**
   * Chooses the next token. Each call is for the position after the one before, and comes after that has resolved.
   *
   * @param logitIndex - where in the last decoded batch the logits are, as `addToBatch` has returned it
   * @throws InferenceError `GENERATION_FAILED` where no token is left to choose
   */
  sample(logitIndex: number): Promise<SampledToken>;
  /** Frees what it holds, once the `sample` that runs is done. Calling it twice is fine. */
  dispose(): void;
}

/** A token that was chosen. */
export interface SampledToken {
  readonly token: number;
  /** Where `logprobs` was asked for. */
  readonly logprob?: SampledLogprob;
}

/**
 * Makes the sampler of one generation: llama.cpp's own samplers where node-llama-cpp has all that is asked for, this
 * package's where it lacks one of them.
 *
 * @throws InferenceError `BAD_PARAMETER`, `BAD_GRAMMAR` or `ENGINE_INCOMPATIBLE`
 */
export async function createTokenSampler(options: TokenSamplerOptions): Promise<TokenSampler> {
  const { llama, model, context, parameters } = options;
  refuseUnknownTokens(model, parameters.logitBias);
  const native = nativeSampling(llama);
  const { dry } = parameters;
  const breakers = dry ? findBreakers(model, dry.breakers) : undefined;
  const parts: SamplerParts = {
    native,
    model,
    context,
    parameters,
    history: new TokenHistory(options.prompt),
    dry:
      dry && breakers ? { penalties: (tokens) => dryPenalties(tokens, dry, breakers) } : undefined,
  };
  const grammar = await startGrammar(native, model, parameters);
  const chooser = isNative(parameters)
    ? new NativeTokenSampler(parts, grammar)
    : new ScriptedTokenSampler(parts, grammar);
  const logprobs =
    parameters.logprobs === undefined
      ? undefined
      : new LogprobReader(native, model, context, parameters.logprobs);
  return new Sampler(chooser, logprobs, grammar !== undefined);
}

class Sampler implements TokenSampler {
  readonly #chooser: TokenChooser;
  readonly #logprobs: LogprobReader | undefined;
  readonly #hasGrammar: boolean;
  #isSampling = false;
  #isDisposed = false;

  constructor(chooser: TokenChooser, logprobs: LogprobReader | undefined, hasGrammar: boolean) {
    this.#chooser = chooser;
    this.#logprobs = logprobs;
    this.#hasGrammar = hasGrammar;
  }

  async sample(logitIndex: number): Promise<SampledToken> {
    this.#isSampling = true;
    try {
      const token = await this.#chooser.choose(logitIndex).catch(this.#explain);
      if (token < 0) throw this.#nothingLeft();
      if (!this.#logprobs) return { token };
      return { token, logprob: await this.#logprobs.read(logitIndex, token) };
    } finally {
      this.#isSampling = false;
      if (this.#isDisposed) this.#free();
    }
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    if (!this.#isSampling) this.#free();
  }

  #free(): void {
    this.#chooser.dispose();
    this.#logprobs?.dispose();
  }

  /** Where nothing is left, llama.cpp may take any token, which the grammar then refuses. */
  readonly #explain = (cause: unknown): never => {
    const isRefused = cause instanceof Error && cause.message.includes("Failed to accept token");
    throw isRefused ? this.#nothingLeft(cause) : cause;
  };

  #nothingLeft(cause?: unknown): InferenceError {
    const what = this.#hasGrammar ? "the grammar and logitBias leave" : "logitBias leaves";
    return new InferenceError(
      "GENERATION_FAILED",
      `There is no token left to choose: ${what} none, or the model computes no numbers.`,
      { cause },
    );
  }
}

function refuseUnknownTokens(model: LlamaModel, bias: ReadonlyMap<number, number>): void {
  const last = vocabularySize(model) - 1;
  for (const token of bias.keys()) {
    if (token <= last) continue;
    throw badParameter("logitBias", token, `an object of token ids from 0 to ${last}`);
  }
}
