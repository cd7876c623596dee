import type { GenerateOptions } from "@llama2-kit/protocol";

/** What a user can set about how answers are generated: as `--name value` at the start, as `/params name=value` later. */
export type Parameters = Readonly<Partial<Record<ParameterKey, number>>>;

type ParameterKey = keyof Pick<
  GenerateOptions,
  "temperature" | "topP" | "topK" | "minP" | "repeatPenalty" | "seed" | "maxTokens"
>;

/** One of them, as a user sees it. */
export interface ParameterFacts {
  readonly key: ParameterKey;
  readonly name: string;
  readonly about: string;
  /** For people. It is the library that checks the range, once the model is there. */
  readonly allowed: string;
  /** The word for having no value, where that is possible. */
  readonly unset?: string;
}

/** All of them, in the order in which they are shown. */
export const PARAMETERS: readonly ParameterFacts[] = [
  {
    key: "temperature",
    name: "temperature",
    about: "randomness; 0 always takes the likeliest token",
    allowed: "a number of at least 0",
  },
  {
    key: "topP",
    name: "top-p",
    about: "sample among the likeliest tokens that add up to this probability",
    allowed: "a number above 0 and at most 1",
  },
  {
    key: "topK",
    name: "top-k",
    about: "sample among this many of the likeliest tokens; 0 turns it off",
    allowed: "an integer of at least 0",
  },
  {
    key: "minP",
    name: "min-p",
    about: "drop tokens less likely than this share of the likeliest one; 0 turns it off",
    allowed: "a number from 0 to 1",
  },
  {
    key: "repeatPenalty",
    name: "repeat-penalty",
    about: "make recent tokens less likely; 1 turns it off",
    allowed: "a number above 0",
  },
  {
    key: "seed",
    name: "seed",
    about: "seed of the random choices, to repeat a chat",
    allowed: "an integer from 0 to 4294967294, or random",
    unset: "random",
  },
  {
    key: "maxTokens",
    name: "max-tokens",
    about: "most tokens of an answer",
    allowed: "an integer of at least 1, or unlimited",
    unset: "unlimited",
  },
];

/** Meta's choice for Llama 2 Chat, with llama.cpp's top-k. */
export const DEFAULT_PARAMETERS: Parameters = {
  temperature: 0.6,
  topP: 0.9,
  topK: 40,
  minP: 0,
  repeatPenalty: 1,
};

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads a number as a user writes it.
 *
 * @returns undefined where the text is not a number. `Number()` would take "" for 0, and "0x10" for 16.
 */
export function parseNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined;
}

/**
 * Reads the value of a parameter.
 *
 * @throws Error that says what is allowed
 */
export function parseParameter(facts: ParameterFacts, text: string): number | undefined {
  if (text === facts.unset) return undefined;
  const value = parseNumber(text);
  if (value !== undefined) return value;
  throw new Error(`${facts.name} must be ${facts.allowed}; it is ${JSON.stringify(text)}.`);
}

/** The parameters in the form in which `/params` takes them. */
export function showParameters(parameters: Parameters): string {
  return PARAMETERS.map(({ key, name, unset }) => `${name}=${parameters[key] ?? unset}`).join(" ");
}

/**
 * Applies what stands behind `/params`.
 *
 * @param assignments - `name=value`, several of them with spaces between
 * @throws Error that says what is wrong with them
 */
export function assignParameters(parameters: Parameters, assignments: string): Parameters {
  const changed: Record<string, number | undefined> = { ...parameters };
  for (const assignment of assignments.split(/\s+/)) {
    const [name = "", value] = assignment.split(/=(.*)/s);
    const facts = PARAMETERS.find((parameter) => parameter.name === name);
    if (!facts) {
      const names = PARAMETERS.map((parameter) => parameter.name).join(", ");
      throw new Error(`There is no parameter ${JSON.stringify(name)}. There are ${names}.`);
    }
    if (value === undefined) throw new Error(`Write ${name}=value, without spaces between.`);
    changed[facts.key] = parseParameter(facts, value);
  }
  return changed as Parameters;
}
