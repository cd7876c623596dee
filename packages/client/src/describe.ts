import type { Fields } from "./dialect.ts";
import { ClientError } from "./error.ts";

const LONGEST_SHOWN_VALUE = 60;

/** A value in a few words, for a message. Not `String(value)`, which fails for some objects and tells nothing of others. */
export function describe(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > LONGEST_SHOWN_VALUE ? `${text.slice(0, LONGEST_SHOWN_VALUE)}…` : text;
}

/** The error for an option's bad value: which option, which value, and what it may be. */
export function badParameter(parameter: string, value: unknown, allowed: string): ClientError {
  return new ClientError(
    "BAD_PARAMETER",
    `${parameter} must be ${allowed}; it is ${describe(value)}.`,
    { parameter },
  );
}

/** Whether a value is an object with fields, and not an array. */
export function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Throws where an object has a key that is not among the known ones: most often a misspelt option. */
export function refuseUnknownOptions(
  parameter: string,
  options: unknown,
  known: readonly string[],
): void {
  if (!isRecord(options)) throw badParameter(parameter, options, "an object");
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new ClientError(
    "BAD_PARAMETER",
    `There is no option ${JSON.stringify(unknown)} in ${parameter}. There are ${known.join(", ")}.`,
    { parameter: unknown },
  );
}
