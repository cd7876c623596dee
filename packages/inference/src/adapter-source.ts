import { badParameter, readNumber, refuseUnknownOptions } from "./parameters.ts";

/** A LoRA adapter to load with a model. */
export interface AdapterSource {
  /** What generations call it. */
  readonly name: string;
  /** Path of its GGUF file, or a URI as for a model. */
  readonly path: string;
  /** How strongly it acts where a generation does not say: 1, the default, is as it was trained. */
  readonly scale?: number | undefined;
}

/** {@link AdapterSource} with its scale. */
export interface CheckedAdapterSource extends AdapterSource {
  readonly scale: number;
}

/** Names stand in messages, in logs and in the key that requests are grouped by. */
const LONGEST_NAME = 100;

/**
 * Checks the adapters that a model is to be loaded with.
 *
 * @throws InferenceError `BAD_PARAMETER`
 */
export function readAdapterSources(value: unknown): readonly CheckedAdapterSource[] {
  if (value === undefined) return [];
  const sources = listSources(value).map(readSource);
  const names = sources.map(({ name }) => name);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice === -1) return sources;
  throw badParameter(`adapters[${twice}].name`, names[twice], "a name that no other adapter has");
}

/** The adapters of an array, or of a record from name to path. */
function listSources(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([name, path]) => ({ name, path }));
  }
  throw badParameter("adapters", value, "an array of { name, path }, or an object { name: path }");
}

function readSource(value: unknown, index: number): CheckedAdapterSource {
  const parameter = `adapters[${index}]`;
  if (typeof value !== "object" || value === null) {
    throw badParameter(parameter, value, "an object { name, path }");
  }
  refuseUnknownOptions(value, ["name", "path", "scale"]);
  const { name, path, scale } = value as Partial<Record<keyof AdapterSource, unknown>>;
  if (typeof name !== "string" || name === "" || name.length > LONGEST_NAME) {
    const allowed = `a string of 1 to ${LONGEST_NAME} characters`;
    throw badParameter(`${parameter}.name`, name, allowed);
  }
  if (typeof path !== "string" || path === "") {
    throw badParameter(`${parameter}.path`, path, "the path or URI of a GGUF file");
  }
  return { name, path, scale: readScale(`${parameter}.scale`, scale, 1) };
}

/** A scale beyond this has no use, and what it multiplies overflows. */
const LARGEST_SCALE = 1000;

/**
 * Reads how strongly an adapter acts. A negative scale is what takes an adapter's effect away.
 *
 * @throws InferenceError `BAD_PARAMETER`
 */
export function readScale(parameter: string, scale: unknown, fallback: number): number {
  return readNumber(parameter, scale, { min: -LARGEST_SCALE, max: LARGEST_SCALE }, fallback);
}
