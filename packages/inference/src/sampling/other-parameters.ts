import type { GenerateOptions } from "@llama2-kit/protocol";
import { badParameter } from "../parameters.ts";

/** A LoRA adapter to answer with. */
export interface ChosenAdapter {
  readonly name: string;
  /** Undefined: the scale that it was loaded with. */
  readonly scale: number | undefined;
}

/** A stop string that holds half a character could cut a character in two. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** @throws InferenceError `BAD_PARAMETER` */
export function readStop(stop: GenerateOptions["stop"]): readonly string[] {
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

/** @throws InferenceError `BAD_PARAMETER` */
export function readFinite(parameter: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw badParameter(parameter, value, "a finite number");
}

/** @throws InferenceError `BAD_PARAMETER` */
export function readGrammar(value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && value.trim() !== "")) return value;
  throw badParameter("grammar", value, "a grammar in GBNF, which starts with a rule named root");
}

/** @throws InferenceError `BAD_PARAMETER` */
export function readJsonSchema(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined || isPlainObject(value)) return value;
  throw badParameter("jsonSchema", value, 'an object, such as { type: "object", properties: … }');
}

/** The bias that bans a token. */
const BAN = -100;
const LARGEST_BIAS = 100;

/** @throws InferenceError `BAD_PARAMETER` */
export function readLogitBias(value: unknown): ReadonlyMap<number, number> {
  const biases = new Map<number, number>();
  if (value === undefined) return biases;
  if (!isPlainObject(value)) {
    throw badParameter("logitBias", value, "an object of token ids and numbers");
  }
  for (const [key, bias] of Object.entries(value)) {
    if (!/^(0|[1-9]\d{0,9})$/.test(key)) {
      throw badParameter("logitBias", key, "an object whose keys are token ids");
    }
    if (typeof bias !== "number" || !(bias >= BAN && bias <= LARGEST_BIAS)) {
      throw badParameter(`logitBias.${key}`, bias, `a number from ${BAN} to ${LARGEST_BIAS}`);
    }
    if (bias !== 0) biases.set(Number(key), bias === BAN ? Number.NEGATIVE_INFINITY : bias);
  }
  return biases;
}

/** @throws InferenceError `BAD_PARAMETER` */
export function readAdapters(value: unknown): readonly ChosenAdapter[] {
  if (value === undefined) return [];
  if (typeof value === "string" && value !== "") return [{ name: value, scale: undefined }];
  if (!Array.isArray(value)) throw badAdapter("adapter", value);
  const adapters = value.map((choice, index) => readAdapter(`adapter[${index}]`, choice));
  const twice = adapters.find(({ name }, index) =>
    adapters.some((other, otherIndex) => otherIndex < index && other.name === name),
  );
  if (twice) throw badParameter("adapter", twice.name, "a list that names each adapter once");
  return adapters;
}

function readAdapter(parameter: string, choice: unknown): ChosenAdapter {
  if (!isPlainObject(choice)) throw badAdapter(parameter, choice);
  const { name, scale, ...others } = choice as { name?: unknown; scale?: unknown };
  if (typeof name !== "string" || name === "" || Object.keys(others).length > 0) {
    throw badAdapter(parameter, choice);
  }
  return {
    name,
    scale: scale === undefined ? undefined : readFinite(`${parameter}.scale`, scale, 1),
  };
}

function badAdapter(parameter: string, value: unknown) {
  return badParameter(parameter, value, "an adapter's name, or an array of { name, scale }");
}

/** Not a Map, say, whose entries would go unseen. */
function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === "[object Object]";
}
