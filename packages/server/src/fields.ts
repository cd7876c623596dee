import { badRequest, describe } from "./error.ts";

/** An object of JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Limits of a number. */
export interface NumberLimits {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

/**
 * Reads the fields of a request: strict about types, and silent about fields that nobody asks for, as clients send
 * more than a server knows. `null` is as if a field were absent, as OpenAI's clients send it so.
 *
 * Ranges that depend on the backend are left to it: it refuses what it cannot do, and names the option.
 *
 * @example
 * ```ts
 * const fields = new Fields(await readJson(request, 2 ** 20));
 * const count = fields.integer("count", { min: 1, max: 10 }) ?? 1;
 * ```
 */
export class Fields {
  readonly #record: JsonObject;
  readonly #path: string;

  /** @param path - where the object stands in the request, as in `options.`; empty for the request itself */
  constructor(record: JsonObject, path = "") {
    this.#record = record;
    this.#path = path;
  }

  /** The field's value as it is; undefined where it is absent or `null`. */
  raw(name: string): unknown {
    return Object.hasOwn(this.#record, name) ? (this.#record[name] ?? undefined) : undefined;
  }

  /** Whether a field is there, be it `null`. */
  has(name: string): boolean {
    return Object.hasOwn(this.#record, name);
  }

  /** Where a field stands in the request. */
  path(name: string): string {
    return `${this.#path}${name}`;
  }

  /** The error for a field's value. */
  wrong(name: string, allowed: string): Error {
    const path = this.path(name);
    return badRequest(path, `${path} must be ${allowed}; it is ${describe(this.raw(name))}.`);
  }

  /** A text; undefined where the field is absent. @throws ServerError `BAD_REQUEST` */
  string(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === "string") return value;
    throw this.wrong(name, "a string");
  }

  /** True or false; undefined where the field is absent. @throws ServerError `BAD_REQUEST` */
  boolean(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.wrong(name, "true or false");
  }

  /** A number within limits; undefined where the field is absent. @throws ServerError `BAD_REQUEST` */
  number(name: string, limits: NumberLimits = {}): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const { min = -Infinity, max = Infinity, integer = false } = limits;
    const isNumber = integer ? Number.isSafeInteger(value) : Number.isFinite(value);
    if (isNumber && (value as number) >= min && (value as number) <= max) return value as number;
    throw this.wrong(name, describeLimits(limits));
  }

  /** A whole number within limits; undefined where the field is absent. @throws ServerError `BAD_REQUEST` */
  integer(name: string, limits: NumberLimits = {}): number | undefined {
    return this.number(name, { ...limits, integer: true });
  }

  /** An object; undefined where the field is absent. @throws ServerError `BAD_REQUEST` */
  object(name: string): JsonObject | undefined {
    const value = this.raw(name);
    if (value === undefined || isJsonObject(value)) return value;
    throw this.wrong(name, "an object");
  }

  /** The fields of an object that is a field. */
  fields(name: string): Fields | undefined {
    const value = this.object(name);
    return value && new Fields(value, `${this.path(name)}.`);
  }

  /** An array of whatever it holds; undefined where the field is absent. @throws ServerError `BAD_REQUEST` */
  array(name: string): readonly unknown[] | undefined {
    const value = this.raw(name);
    if (value === undefined || Array.isArray(value)) return value;
    throw this.wrong(name, "an array");
  }

  /** A string, or several. */
  strings(name: string): readonly string[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (typeof value === "string") return [value];
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    throw this.wrong(name, "a string or an array of strings");
  }
}

/** Whether a value of JSON is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a list of token ids. */
export function isTokenIds(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((id) => Number.isSafeInteger(id) && id >= 0);
}

function describeLimits({ min, max, integer }: NumberLimits): string {
  const kind = integer ? "an integer" : "a number";
  if (min !== undefined && max !== undefined) return `${kind} from ${min} to ${max}`;
  return min === undefined ? kind : `${kind} of at least ${min}`;
}
