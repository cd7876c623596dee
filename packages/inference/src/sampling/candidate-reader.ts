import type { Candidates } from "./candidates.ts";
import { type Cut, splitCut } from "./cut.ts";
import { applyDry } from "./dry.ts";
import { biasConfig, canDryBeBias, penaltyConfig, withDry } from "./native-config.ts";
import type { NativeGrammarState, NativeSampler, NativeSamplerConfig } from "./native-sampler.ts";
import type { SamplerParts } from "./sampler-parts.ts";
import { giveSamplerBack, takeSampler } from "./sampler-pool.ts";

/**
 * Probabilities come back in 32 bits, which end at e^-87. A logit that is further below the highest one, as a strong
 * bias makes them, shows at this temperature.
 */
const READING_TEMPERATURE = 4;

/** Candidates, and what is left to cut off them. */
export interface ReadCandidates {
  readonly candidates: Candidates;
  readonly cut: Cut;
}

/** Reads candidates out of llama.cpp, with bias, penalties and DRY applied, and cut as far as it can do that. */
export class CandidateReader {
  readonly #parts: SamplerParts;
  readonly #sampler: NativeSampler;
  readonly #isDryBias: boolean;

  constructor(parts: SamplerParts) {
    this.#parts = parts;
    this.#isDryBias = canDryBeBias(parts.parameters);
    this.#sampler = takeSampler(parts.native, parts.model, this.#config({}, new Map()));
  }

  /**
   * Returns the candidates for the next token.
   *
   * @param grammar - a copy of the grammar's state, for candidates that the grammar allows
   */
  async read(logitIndex: number, grammar?: NativeGrammarState): Promise<ReadCandidates> {
    const { context, parameters, history, dry } = this.#parts;
    const penalties = dry?.penalties(history.tokens) ?? new Map<number, number>();
    const { native, here } = splitCut(parameters, this.#isDryBias ? 0 : penalties.size);
    // The sampler has taken a token of its own for the one before, so its recent tokens may be wrong.
    const config = this.#config(native, penalties);
    this.#sampler.applyConfig(grammar ? { ...config, grammarEvaluationState: grammar } : config);
    const [, list = []] = await context.sampleToken(logitIndex, this.#sampler, true);
    const candidates = fromProbabilities(list, READING_TEMPERATURE);
    return {
      candidates: this.#isDryBias ? candidates : applyDry(candidates, penalties),
      cut: here,
    };
  }

  dispose(): void {
    giveSamplerBack(this.#parts.model, this.#sampler);
  }

  #config(
    cut: Partial<NativeSamplerConfig>,
    penalties: ReadonlyMap<number, number>,
  ): NativeSamplerConfig {
    const { parameters, history } = this.#parts;
    const { logitBias } = parameters;
    return {
      temperature: READING_TEMPERATURE,
      seed: 0,
      ...cut,
      ...penaltyConfig(parameters, history),
      ...biasConfig(this.#isDryBias ? withDry(logitBias, penalties) : logitBias),
    };
  }
}

/** Candidates of a list of ids and probabilities by turns, the likeliest first. */
export function fromProbabilities(list: readonly number[], temperature: number): Candidates {
  const count = list.length / 2;
  const ids = new Int32Array(count);
  const logits = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    ids[index] = list[2 * index] ?? -1;
    const probability = list[2 * index + 1] ?? 0;
    logits[index] =
      probability > 0 ? Math.log(probability) * temperature : Number.NEGATIVE_INFINITY;
  }
  return { ids, logits, sorted: true };
}
