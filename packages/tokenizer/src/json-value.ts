import { describe } from "./describe.ts";
import { exceeds, TokenizerError } from "./error.ts";

/** An object of JSON, of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Checks for an object, and names its path otherwise. */
export function objectAt(value: unknown, path: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  throw wrongType(value, path, "an object");
}

export function arrayAt(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrongType(value, path, "an array");
}

export function stringAt(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw wrongType(value, path, "a string");
}

/** Checks for an id below a limit. */
export function idAt(value: unknown, path: string, limit: number): number {
  if (!Number.isInteger(value) || (value as number) < 0) throw wrongType(value, path, "an id");
  exceeds((value as number) + 1, limit, "ids", path);
  return value as number;
}

function wrongType(value: unknown, path: string, wanted: string): TokenizerError {
  const problem = `this must be ${wanted}, and is ${describe(value)}.`;
  return new TokenizerError("MALFORMED", problem, { place: path });
}
