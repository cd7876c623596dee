import { type Candidates, slice, softmax, sortCandidates } from "./candidates.ts";
import type { XtcParameters } from "./nested-parameters.ts";

/**
 * Exclude top choices (p-e-w, https://github.com/oobabooga/text-generation-webui/pull/6335): now and then, of the
 * tokens that are at least `threshold` likely, drops all but the least likely.
 *
 * @param random - draws a number from 0 to 1: it acts where that is at most `probability`. Not called where there is
 * nothing to drop, as in llama.cpp
 */
export function excludeTopChoices(
  candidates: Candidates,
  { probability, threshold }: XtcParameters,
  random: () => number,
): Candidates {
  if (probability <= 0 || threshold > 0.5 || candidates.ids.length < 2) return candidates;
  if (random() > Math.fround(probability)) return candidates;
  const sorted = sortCandidates(candidates);
  const least = Math.fround(threshold);
  const below = softmax(sorted).findIndex((candidate) => candidate < least);
  const last = (below < 0 ? sorted.ids.length : below) - 1;
  return last > 0 ? slice(sorted, last, sorted.ids.length) : sorted;
}
