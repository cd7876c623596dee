import { InferenceError } from "../error.ts";
import { badParameter, readNumber } from "../parameters.ts";

/** Mirostat 2's options, with defaults filled in. */
export interface MirostatParameters {
  readonly tau: number;
  readonly eta: number;
}

/** XTC's options, with defaults filled in. */
export interface XtcParameters {
  readonly probability: number;
  readonly threshold: number;
}

/** The dynamic temperature's options, with defaults filled in. */
export interface DynamicTemperatureParameters {
  readonly range: number;
  readonly exponent: number;
}

/** DRY's options, with defaults filled in. */
export interface DryParameters {
  readonly multiplier: number;
  readonly base: number;
  readonly allowedLength: number;
  /** Infinity where all tokens are searched. */
  readonly window: number;
  readonly breakers: readonly string[];
}

/** llama.cpp's integers have 32 bits. */
export const LARGEST_INT: number = 2 ** 31 - 1;

/** As llama.cpp's. */
const DEFAULT_BREAKERS: readonly string[] = ["\n", ":", '"', "*"];

/** @throws InferenceError `BAD_PARAMETER` */
export function readMirostat(value: unknown): MirostatParameters | undefined {
  if (value === undefined) return undefined;
  const { tau, eta } = readObject("mirostat", value, ["tau", "eta"]);
  return {
    tau: readNumber("mirostat.tau", tau, { min: 0, above: true }, 5),
    eta: readNumber("mirostat.eta", eta, { min: 0, above: true, max: 1 }, 0.1),
  };
}

/** @throws InferenceError `BAD_PARAMETER` */
export function readXtc(value: unknown): XtcParameters | undefined {
  if (value === undefined) return undefined;
  const { probability, threshold } = readObject("xtc", value, ["probability", "threshold"]);
  const xtc = {
    probability: readRequired("xtc.probability", probability, { min: 0, max: 1 }),
    threshold: readNumber("xtc.threshold", threshold, { min: 0, max: 0.5 }, 0.1),
  };
  return xtc.probability === 0 ? undefined : xtc;
}

/** @throws InferenceError `BAD_PARAMETER` */
export function readDynamicTemperature(value: unknown): DynamicTemperatureParameters | undefined {
  if (value === undefined) return undefined;
  const { range, exponent } = readObject("dynamicTemperature", value, ["range", "exponent"]);
  const dynamic = {
    range: readRequired("dynamicTemperature.range", range, { min: 0 }),
    exponent: readNumber("dynamicTemperature.exponent", exponent, { min: 0, above: true }, 1),
  };
  return dynamic.range === 0 ? undefined : dynamic;
}

/** @throws InferenceError `BAD_PARAMETER` */
export function readDry(value: unknown): DryParameters | undefined {
  if (value === undefined) return undefined;
  const known = ["multiplier", "base", "allowedLength", "window", "breakers"];
  const { multiplier, base, allowedLength, window, breakers } = readObject("dry", value, known);
  const count = { min: 0, max: LARGEST_INT, integer: true };
  const dry = {
    multiplier: readRequired("dry.multiplier", multiplier, { min: 0 }),
    base: readNumber("dry.base", base, { min: 1 }, 1.75),
    allowedLength: readNumber("dry.allowedLength", allowedLength, { ...count, min: 1 }, 2),
    window: readNumber("dry.window", window, count, Number.POSITIVE_INFINITY),
    breakers: readBreakers(breakers),
  };
  return dry.multiplier === 0 || dry.window === 0 ? undefined : dry;
}

function readBreakers(value: unknown): readonly string[] {
  if (value === undefined) return DEFAULT_BREAKERS;
  if (!Array.isArray(value)) {
    throw badParameter("dry.breakers", value, "an array of strings, none of them empty");
  }
  const wrong = value.findIndex((breaker) => typeof breaker !== "string" || breaker === "");
  if (wrong >= 0) throw badParameter("dry.breakers", value[wrong], "strings, none of them empty");
  return [...value];
}

function readRequired(
  parameter: string,
  value: unknown,
  range: Parameters<typeof readNumber>[2],
): number {
  // Not a number, so it is refused with the range that it should be in.
  return readNumber(parameter, value ?? Number.NaN, range, 0);
}

/** Returns an option that is an object, with none but known keys. */
function readObject(
  parameter: string,
  value: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badParameter(parameter, value, `an object of ${known.join(", ")}`);
  }
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return value as Readonly<Record<string, unknown>>;
  throw new InferenceError(
    "BAD_PARAMETER",
    `There is no option ${JSON.stringify(unknown)} in ${parameter}. Its options are ${known.join(", ")}.`,
    { parameter: `${parameter}.${unknown}` },
  );
}
