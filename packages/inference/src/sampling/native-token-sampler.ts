import type { GrammarState } from "./grammar-state.ts";
import {
  biasConfig,
  canDryBeBias,
  isGreedy,
  penaltyConfig,
  truncationConfig,
  withDry,
} from "./native-config.ts";
import type { NativeSampler, NativeSamplerConfig } from "./native-sampler.ts";
import type { SamplerParts, TokenChooser } from "./sampler-parts.ts";
import { giveSamplerBack, takeSampler } from "./sampler-pool.ts";
import type { SamplingParameters } from "./sampling-parameters.ts";

/** Whether llama.cpp's own samplers, as far as node-llama-cpp has them, do all that is asked for. */
export function isNative(parameters: SamplingParameters): boolean {
  const { typicalP, topNSigma, mirostat, dynamicTemperature, dry } = parameters;
  const isCutByOurs = typicalP < 1 || topNSigma > 0;
  if (mirostat || dynamicTemperature || (isCutByOurs && !isGreedy(parameters))) return false;
  return dry === undefined || canDryBeBias(parameters);
}

/** Leaves the choice to llama.cpp's own samplers: one native call for a token, and nothing computed here. */
export class NativeTokenSampler implements TokenChooser {
  readonly #parts: SamplerParts;
  readonly #sampler: NativeSampler;
  readonly #grammar: GrammarState | undefined;

  constructor(parts: SamplerParts, grammar: GrammarState | undefined) {
    this.#parts = parts;
    this.#grammar = grammar;
    this.#sampler = takeSampler(parts.native, parts.model, this.#config());
  }

  async choose(logitIndex: number): Promise<number> {
    const { context, dry, history } = this.#parts;
    if (!dry) return context.sampleToken(logitIndex, this.#sampler);
    this.#sampler.applyConfig(this.#config());
    const token = await context.sampleToken(logitIndex, this.#sampler);
    history.push(token);
    return token;
  }

  dispose(): void {
    giveSamplerBack(this.#parts.model, this.#sampler);
  }

  #config(): NativeSamplerConfig {
    const { parameters, history, dry } = this.#parts;
    const { temperature, seed, logitBias } = parameters;
    return {
      temperature,
      seed,
      ...truncationConfig(parameters),
      ...penaltyConfig(parameters, history),
      ...biasConfig(withDry(logitBias, dry?.penalties(history.tokens) ?? new Map())),
      ...(this.#grammar ? { grammarEvaluationState: this.#grammar.native } : {}),
    };
  }
}
