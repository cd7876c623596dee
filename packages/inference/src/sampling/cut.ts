import type { Candidates } from "./candidates.ts";
import { minP } from "./min-p.ts";
import { truncationConfig } from "./native-config.ts";
import type { NativeSamplerConfig } from "./native-sampler.ts";
import type { SamplingParameters } from "./sampling-parameters.ts";
import { topK } from "./top-k.ts";
import { topNSigma } from "./top-n-sigma.ts";
import { topP } from "./top-p.ts";
import { typicalP } from "./typical-p.ts";
import { excludeTopChoices } from "./xtc.ts";

/** The parameters that cut the distribution. */
export type Cut = Pick<
  SamplingParameters,
  "topNSigma" | "topK" | "typicalP" | "topP" | "minP" | "xtc"
>;

/**
 * Cuts candidates in llama.cpp's order.
 *
 * @param random - draws a number from 0 to below 1, for XTC
 */
export function cutCandidates(candidates: Candidates, cut: Cut, random: () => number): Candidates {
  let left = topNSigma(candidates, cut.topNSigma);
  left = topK(left, cut.topK);
  left = typicalP(left, cut.typicalP);
  left = topP(left, cut.topP);
  left = minP(left, cut.minP);
  return cut.xtc ? excludeTopChoices(left, cut.xtc, random) : left;
}

/** A cut in two: what llama.cpp does while it makes the list of candidates, and what is left to do here. */
export interface SplitCut {
  readonly native: Partial<NativeSamplerConfig>;
  readonly here: Cut;
}

/** llama.cpp makes a sorted list of everything faster than the addon sorts one. */
const EVERYTHING = { topK: 0 };

/**
 * Leaves to llama.cpp what comes before the first thing that only we can do, as making a list of all 32,000
 * candidates takes 14 ms, and one of 40 takes 0.3 ms.
 *
 * @param lowered - how many tokens DRY may push down in between: as many more candidates must come
 */
export function splitCut(parameters: SamplingParameters, lowered: number): SplitCut {
  const { topNSigma, topK, typicalP, topP, minP, xtc, mirostat } = parameters;
  const here = { topNSigma, topK, typicalP, topP, minP, xtc };
  if (topNSigma > 0 || mirostat) return { native: EVERYTHING, here };
  if (lowered > 0 || typicalP < 1) {
    return { native: topK > 0 ? { topK: topK + lowered } : EVERYTHING, here };
  }
  const off = { topNSigma: 0, topK: 0, typicalP: 1, topP: 1, minP: 0 };
  const native = truncationConfig({ topK, topP, minP, xtc: undefined });
  return {
    native: Object.keys(native).length > 0 ? native : EVERYTHING,
    // XTC's random numbers are ours.
    here: { ...off, xtc },
  };
}
