import type { NativeSamplerConfig } from "./native-sampler.ts";
import type { SamplingParameters } from "./sampling-parameters.ts";
import type { TokenHistory } from "./token-history.ts";

/** llama.cpp makes room for as many tokens as the window has. No Llama 2 has a context longer than this. */
const LONGEST_WINDOW = 2 ** 17;

/** Whether the likeliest token is taken, whatever would be cut. */
export function isGreedy({ temperature, dynamicTemperature }: SamplingParameters): boolean {
  return Math.fround(temperature) === 0 && !dynamicTemperature;
}

/** Whether one of the three penalties does anything. */
function hasPenalties(parameters: SamplingParameters): boolean {
  const { repeatPenalty, frequencyPenalty, presencePenalty, penaltyWindow } = parameters;
  const isNeutral = repeatPenalty === 1 && frequencyPenalty === 0 && presencePenalty === 0;
  return !isNeutral && penaltyWindow > 0;
}

/**
 * Whether DRY may take its penalties before the repeat penalty instead of after it, as a bias. It may where that one
 * does not scale logits: then everything up to here is a sum.
 */
export function canDryBeBias(parameters: SamplingParameters): boolean {
  return parameters.repeatPenalty === 1 || !hasPenalties(parameters);
}

/** The three penalties, with the last tokens as they are now: a native sampler adds those that it takes. */
export function penaltyConfig(
  parameters: SamplingParameters,
  history: TokenHistory,
): Partial<NativeSamplerConfig> {
  if (!hasPenalties(parameters)) return {};
  const { repeatPenalty, frequencyPenalty, presencePenalty, penaltyWindow } = parameters;
  const window = Math.min(penaltyWindow, LONGEST_WINDOW);
  return {
    repeatPenalty,
    repeatPenaltyFrequencyPenalty: frequencyPenalty,
    repeatPenaltyPresencePenalty: presencePenalty,
    repeatPenaltyMaxTokens: window,
    repeatPenaltyTokens: history.last(window),
  };
}

/** What is added to logits. */
export function biasConfig(bias: ReadonlyMap<number, number>): Partial<NativeSamplerConfig> {
  if (bias.size === 0) return {};
  return {
    tokenBiasKeys: Uint32Array.from(bias.keys()),
    tokenBiasValues: Float32Array.from(bias.values()),
  };
}

/** The bias with DRY's penalties taken from it. */
export function withDry(
  bias: ReadonlyMap<number, number>,
  penalties: ReadonlyMap<number, number>,
): ReadonlyMap<number, number> {
  if (penalties.size === 0) return bias;
  const both = new Map(bias);
  for (const [token, penalty] of penalties) both.set(token, (bias.get(token) ?? 0) - penalty);
  return both;
}

/** What native samplers cut. */
export function truncationConfig({
  topK,
  topP,
  minP,
  xtc,
}: Pick<SamplingParameters, "topK" | "topP" | "minP" | "xtc">): Partial<NativeSamplerConfig> {
  return {
    // Absent rather than 0, which would sort the whole vocabulary.
    ...(topK > 0 ? { topK } : {}),
    ...(topP < 1 ? { topP } : {}),
    ...(minP > 0 ? { minP } : {}),
    ...(xtc ? { xtcProbability: xtc.probability, xtcThreshold: xtc.threshold } : {}),
  };
}
