import type { GenerateOptions } from "@llama2-kit/protocol";
import { badParameter, readNumber, readSignal, refuseUnknownOptions } from "../parameters.ts";
import { refuseContradictions } from "./contradictions.ts";
import {
  type DryParameters,
  type DynamicTemperatureParameters,
  LARGEST_INT,
  type MirostatParameters,
  readDry,
  readDynamicTemperature,
  readMirostat,
  readXtc,
  type XtcParameters,
} from "./nested-parameters.ts";
import {
  type ChosenAdapter,
  readAdapters,
  readFinite,
  readGrammar,
  readJsonSchema,
  readLogitBias,
  readStop,
} from "./other-parameters.ts";

/** {@link GenerateOptions} with defaults filled in and every value checked. What is off is undefined or neutral. */
export interface SamplingParameters {
  /** Infinity where the caller set no limit. */
  readonly maxTokens: number;
  readonly temperature: number;
  readonly dynamicTemperature: DynamicTemperatureParameters | undefined;
  /** 0 is off. */
  readonly topK: number;
  /** 1 is off. */
  readonly topP: number;
  /** 0 is off. */
  readonly minP: number;
  /** 1 is off. */
  readonly typicalP: number;
  /** 0 is off. */
  readonly topNSigma: number;
  readonly mirostat: MirostatParameters | undefined;
  readonly xtc: XtcParameters | undefined;
  /** 1 is off. */
  readonly repeatPenalty: number;
  /** 0 is off. */
  readonly frequencyPenalty: number;
  /** 0 is off. */
  readonly presencePenalty: number;
  readonly penaltyWindow: number;
  readonly dry: DryParameters | undefined;
  /** What is added to a token's logit, by id; minus infinity bans it. */
  readonly logitBias: ReadonlyMap<number, number>;
  readonly seed: number;
  readonly stop: readonly string[];
  readonly grammar: string | undefined;
  readonly jsonSchema: Readonly<Record<string, unknown>> | undefined;
  /** How many alternatives to tell with each token's log probability; undefined tells none at all. */
  readonly logprobs: number | undefined;
  readonly adapters: readonly ChosenAdapter[];
  readonly priority: number;
}

/**
 * llama.cpp takes its largest seed, 2^32 - 1, to mean "choose one", so it cannot be reproduced.
 */
const LARGEST_SEED = 2 ** 32 - 2;

const KNOWN_OPTIONS: Readonly<Record<keyof GenerateOptions, true>> = {
  maxTokens: true,
  temperature: true,
  dynamicTemperature: true,
  topK: true,
  topP: true,
  minP: true,
  typicalP: true,
  topNSigma: true,
  mirostat: true,
  xtc: true,
  repeatPenalty: true,
  frequencyPenalty: true,
  presencePenalty: true,
  penaltyWindow: true,
  dry: true,
  logitBias: true,
  seed: true,
  stop: true,
  grammar: true,
  jsonSchema: true,
  logprobs: true,
  adapter: true,
  priority: true,
  signal: true,
};

/**
 * Checks the options of one generation and fills in the defaults: temperature 0.6 and top-p 0.9, as in Meta's
 * example for Llama 2 Chat; top-k 40, as in llama.cpp; everything else off; a random seed.
 *
 * @throws InferenceError `BAD_PARAMETER`, with the option, its value and its range
 */
export function readSamplingParameters(
  options: GenerateOptions,
  otherOptions: readonly string[] = [],
): SamplingParameters {
  refuseUnknownOptions(options, [...Object.keys(KNOWN_OPTIONS), ...otherOptions]);
  if (options.signal !== undefined && !readSignal(options)) {
    throw badParameter("signal", options.signal, "an AbortSignal");
  }
  const { maxTokens, seed, logprobs } = options;
  const parameters: SamplingParameters = {
    maxTokens: readNumber(
      "maxTokens",
      maxTokens,
      { min: 1, integer: true },
      Number.POSITIVE_INFINITY,
    ),
    ...readDistribution(options),
    ...readPenalties(options),
    seed: readNumber("seed", seed, { min: 0, max: LARGEST_SEED, integer: true }, randomSeed()),
    stop: readStop(options.stop),
    grammar: readGrammar(options.grammar),
    jsonSchema: readJsonSchema(options.jsonSchema),
    logprobs:
      logprobs === undefined
        ? undefined
        : readNumber("logprobs", logprobs, { min: 0, max: LARGEST_INT, integer: true }, 0),
    adapters: readAdapters(options.adapter),
    priority: readFinite("priority", options.priority, 0),
  };
  refuseContradictions(options, parameters);
  return parameters;
}

function readDistribution(options: GenerateOptions) {
  const { temperature, topK, topP, minP, typicalP, topNSigma } = options;
  const mirostat = readMirostat(options.mirostat);
  const share = { min: 0, above: true, max: 1 };
  return {
    temperature: readNumber("temperature", temperature, { min: 0 }, 0.6),
    dynamicTemperature: readDynamicTemperature(options.dynamicTemperature),
    // Mirostat takes the place of what cuts the distribution.
    topK: readNumber("topK", topK, { min: 0, max: LARGEST_INT, integer: true }, mirostat ? 0 : 40),
    topP: readNumber("topP", topP, share, mirostat ? 1 : 0.9),
    minP: readNumber("minP", minP, { min: 0, max: 1 }, 0),
    typicalP: readNumber("typicalP", typicalP, share, 1),
    topNSigma: readNumber("topNSigma", topNSigma, { min: 0 }, 0),
    mirostat,
    xtc: readXtc(options.xtc),
  };
}

function readPenalties(options: GenerateOptions) {
  const { repeatPenalty, frequencyPenalty, presencePenalty, penaltyWindow } = options;
  const range = { min: -2, max: 2 };
  return {
    repeatPenalty: readRepeatPenalty(repeatPenalty),
    frequencyPenalty: readNumber("frequencyPenalty", frequencyPenalty, range, 0),
    presencePenalty: readNumber("presencePenalty", presencePenalty, range, 0),
    penaltyWindow: readNumber(
      "penaltyWindow",
      penaltyWindow,
      { min: 0, max: LARGEST_INT, integer: true },
      64,
    ),
    dry: readDry(options.dry),
    logitBias: readLogitBias(options.logitBias),
  };
}

function readRepeatPenalty(value: unknown): number {
  const penalty = readNumber("repeatPenalty", value, { min: 0, above: true }, 1);
  const single = Math.fround(penalty);
  // llama.cpp computes in 32 bits, where a number can be too small or too large to divide by.
  if (Number.isFinite(single) && Number.isFinite(Math.fround(1 / single))) return penalty;
  throw badParameter("repeatPenalty", value, "a number above 0 that fits into 32 bits");
}

function randomSeed(): number {
  const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
  return Math.min(seed, LARGEST_SEED);
}
