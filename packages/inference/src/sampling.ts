import type { GenerateOptions } from "@llama2-kit/protocol";
import { badParameter, readNumber, readSignal, refuseUnknownOptions } from "./parameters.ts";

/** {@link GenerateOptions} with defaults filled in and every value checked. */
export interface SamplingParameters {
  /** Infinity where the caller set no limit. */
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly repeatPenalty: number;
  readonly seed: number;
  readonly stop: readonly string[];
}

/**
 * llama.cpp takes its largest seed, 2^32 - 1, to mean "choose one", so it cannot be reproduced.
 */
const LARGEST_SEED = 2 ** 32 - 2;

const KNOWN_OPTIONS: readonly (keyof GenerateOptions)[] = [
  "maxTokens",
  "temperature",
  "topK",
  "topP",
  "minP",
  "repeatPenalty",
  "seed",
  "stop",
  "signal",
];

/**
 * Checks the options of one generation and fills in the defaults: temperature 0.6 and top-p 0.9, as in Meta's
 * example for Llama 2 Chat; top-k 40, as in llama.cpp; min-p and the repeat penalty off; a random seed.
 *
 * @throws InferenceError `BAD_PARAMETER`, with the option, its value and its range
 */
export function readSamplingParameters(
  options: GenerateOptions,
  otherOptions: readonly string[] = [],
): SamplingParameters {
  refuseUnknownOptions(options, [...KNOWN_OPTIONS, ...otherOptions]);
  if (options.signal !== undefined && !readSignal(options)) {
    throw badParameter("signal", options.signal, "an AbortSignal");
  }
  const { maxTokens, temperature, topK, topP, minP, repeatPenalty, seed } = options;
  return {
    maxTokens: readNumber(
      "maxTokens",
      maxTokens,
      { min: 1, integer: true },
      Number.POSITIVE_INFINITY,
    ),
    temperature: readNumber("temperature", temperature, { min: 0 }, 0.6),
    topK: readNumber("topK", topK, { min: 0, max: 2 ** 31 - 1, integer: true }, 40),
    topP: readNumber("topP", topP, { min: 0, above: true, max: 1 }, 0.9),
    minP: readNumber("minP", minP, { min: 0, max: 1 }, 0),
    repeatPenalty: readNumber("repeatPenalty", repeatPenalty, { min: 0, above: true }, 1),
    seed: readNumber("seed", seed, { min: 0, max: LARGEST_SEED, integer: true }, randomSeed()),
    stop: readStop(options.stop),
  };
}

function randomSeed(): number {
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
  return Math.min(seed, LARGEST_SEED);
}

/** A stop string that holds half a character could cut a character in two. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function readStop(stop: GenerateOptions["stop"]): readonly string[] {
  const strings: unknown = stop === undefined ? [] : typeof stop === "string" ? [stop] : stop;
  const allowed = "a string of whole characters that is not empty, or an array of such strings";
  if (!Array.isArray(strings)) throw badParameter("stop", stop, allowed);
  for (const string of strings) {
    if (typeof string !== "string" || string === "" || LONE_SURROGATE.test(string)) {
      throw badParameter("stop", string, allowed);
    }
  }
  return [...strings];
}
