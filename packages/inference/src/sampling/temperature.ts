import {
  type Candidates,
  entropyOf,
  highestLogit,
  softmax,
  sortCandidates,
  withLogits,
} from "./candidates.ts";
import type { DynamicTemperatureParameters } from "./nested-parameters.ts";

/** Divides the logits; at temperature 0 only the likeliest token stays possible, of several the first. */
export function applyTemperature(candidates: Candidates, temperature: number): Candidates {
  const { logits, sorted } = candidates;
  const divisor = Math.fround(temperature);
  if (divisor > 0) {
    return withLogits(
      candidates,
      logits.map((logit) => logit / divisor),
      sorted,
    );
  }
  const likeliest = logits.indexOf(highestLogit(candidates));
  const kept = logits.map((logit, index) =>
    index === likeliest ? logit : Number.NEGATIVE_INFINITY,
  );
  return withLogits(candidates, kept, sorted);
}

/**
 * Divides the logits by a temperature that follows how unsure the model is: the share of the entropy in the highest
 * one possible leads from `temperature - range` to `temperature + range` (EDT, Zhang et al. 2024,
 * https://arxiv.org/abs/2403.14541; the formula is llama.cpp's). Sorts them.
 */
export function applyDynamicTemperature(
  candidates: Candidates,
  temperature: number,
  { range, exponent }: DynamicTemperatureParameters,
): Candidates {
  const count = candidates.ids.length;
  if (range <= 0) return applyTemperature(candidates, temperature);
  if (count <= 1) return candidates;
  const sorted = sortCandidates(candidates);
  const lowest = Math.max(0, temperature - range);
  const highest = temperature + range;
  const unsureness = entropyOf(softmax(sorted)) / Math.log(count);
  return applyTemperature(sorted, lowest + (highest - lowest) * unsureness ** exponent);
}
