import type { Llama, LlamaModel } from "node-llama-cpp";
import { InferenceError } from "../error.ts";

/** What a sampler needs of node-llama-cpp's native context. */
export interface SampledContext {
  /** The token, or -1 where none is left. */
  sampleToken(logitIndex: number, sampler: NativeSampler): Promise<number>;
  /**
   * With `probabilities`, also what is left of the candidates after the sampler's truncation: id and probability
   * by turns, the likeliest first. With `confidence`, also the token's probability among what is left.
   */
  sampleToken(
    logitIndex: number,
    sampler: NativeSampler,
    probabilities: boolean,
    confidence?: boolean,
  ): Promise<[token: number, probabilities?: readonly number[], confidence?: number]>;
}

/** A chain of llama.cpp's samplers, in this order: bias, penalties, top-k, top-p, min-p, XTC, temperature, draw. */
export interface NativeSampler {
  applyConfig(config: NativeSamplerConfig): void;
  dispose(): void;
}

/** What is absent is off. The temperature 0 is greedy, and then nothing is cut. */
export interface NativeSamplerConfig {
  readonly temperature: number;
  readonly seed: number;
  /** 0 sorts the whole vocabulary. */
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly xtcProbability?: number;
  readonly xtcThreshold?: number;
  readonly repeatPenalty?: number;
  readonly repeatPenaltyMaxTokens?: number;
  /** The tokens before; those that the sampler takes are added by itself. */
  readonly repeatPenaltyTokens?: Uint32Array;
  readonly repeatPenaltyPresencePenalty?: number;
  readonly repeatPenaltyFrequencyPenalty?: number;
  readonly tokenBiasKeys?: Uint32Array;
  readonly tokenBiasValues?: Float32Array;
  readonly grammarEvaluationState?: NativeGrammarState;
}

/** A compiled grammar. */
interface NativeGrammar {
  isTextCompatible(text: string): boolean;
}

/** How far a text has come in a grammar. */
export interface NativeGrammarState {
  readonly __brand?: "AddonGrammarEvaluationState";
}

/** The classes of node-llama-cpp's native addon that sampling uses. */
export interface NativeSampling {
  readonly AddonSampler: {
    new (model: object): NativeSampler;
    acceptGrammarEvaluationStateToken(state: NativeGrammarState, token: number): void;
    canBeNextTokenForGrammarEvaluationState(state: NativeGrammarState, token: number): boolean;
  };
  readonly AddonGrammar: {
    new (grammar: string, options: { addonExports: object; rootRuleName: string }): NativeGrammar;
  };
  readonly AddonGrammarEvaluationState: {
    new (model: object, grammar: NativeGrammar): NativeGrammarState;
    new (state: NativeGrammarState): NativeGrammarState;
  };
}

/** The members of node-llama-cpp's classes that it keeps to itself. */
interface Internals {
  readonly _bindings?: Partial<NativeSampling>;
  readonly _model?: object;
}

/**
 * Returns the native classes behind llama.cpp.
 *
 * @throws InferenceError `ENGINE_INCOMPATIBLE` where this version of node-llama-cpp has others
 */
export function nativeSampling(llama: Llama): NativeSampling {
  const { _bindings: bindings } = llama as unknown as Internals;
  const { AddonSampler, AddonGrammar, AddonGrammarEvaluationState } = bindings ?? {};
  const isComplete =
    typeof AddonSampler?.prototype?.applyConfig === "function" &&
    typeof AddonSampler.acceptGrammarEvaluationStateToken === "function" &&
    typeof AddonSampler.canBeNextTokenForGrammarEvaluationState === "function" &&
    typeof AddonGrammar === "function" &&
    typeof AddonGrammarEvaluationState === "function";
  if (!isComplete) throw incompatible("the native samplers");
  return bindings as NativeSampling;
}

/** @throws InferenceError `ENGINE_INCOMPATIBLE` */
export function nativeModel(model: LlamaModel): object {
  const { _model: native } = model as unknown as Internals;
  if (typeof native !== "object" || native === null) throw incompatible("the native model");
  return native;
}

/** Tokens there are in a model's vocabulary. */
export function vocabularySize(model: LlamaModel): number {
  return model.fileInfo.metadata.tokenizer.ggml.tokens.length;
}

/** The error for a version of node-llama-cpp that has changed inside. */
export function incompatible(what: string): InferenceError {
  return new InferenceError(
    "ENGINE_INCOMPATIBLE",
    `This version of node-llama-cpp does not have ${what} where @llama2-kit/inference looks for it. Install the version that its package.json names.`,
  );
}
