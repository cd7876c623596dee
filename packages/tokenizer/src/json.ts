import { describe } from "./describe.ts";
import { exceeds, fail, TokenizerError } from "./error.ts";
import { MAX_JSON_BYTES, MAX_JSON_VALUES, MAX_PIECES } from "./limits.ts";

/** An object of JSON, of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses JSON once its size and number of values are within limits, for `JSON.parse` has none: a few megabytes of
 * brackets would become hundreds of megabytes of arrays.
 *
 * @param bytes - the whole file
 * @throws TokenizerError
 */
export function readJson(bytes: Uint8Array): unknown {
  const end = `byte ${bytes.length}`;
  exceeds(bytes.length, MAX_JSON_BYTES, "bytes", end);
  let values = 0;
  // Commas, and what opens an object (7b) or an array (5b), in texts too: fewer than that there cannot be.
  for (const byte of bytes) if (byte === 0x2c || (byte | 0x20) === 0x7b) values++;
  exceeds(values, MAX_JSON_VALUES, "values", end);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    if (bytes.findLast((byte) => byte > 0x20) !== 0x7d) {
      fail("TRUNCATED", "the JSON has no end: pass the whole file.", end);
    }
    throw new TokenizerError("MALFORMED", `the file is not valid JSON: ${cause}`, { cause });
  }
}

interface JsonTypes {
  array: readonly unknown[];
  object: JsonObject;
  string: string;
}

/** Checks the type of a value, and names its path if it is another one. */
export function expectType<Type extends keyof JsonTypes>(
  value: unknown,
  path: string,
  type: Type,
): JsonTypes[Type] {
  const actual = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
  return actual === type ? (value as JsonTypes[Type]) : refuse(value, path, type);
}

/** Checks for an id. */
export function expectId(value: unknown, path: string): number {
  if (!Number.isInteger(value) || (value as number) < 0) refuse(value, path, "id");
  exceeds((value as number) + 1, MAX_PIECES, "ids", path);
  return value as number;
}

function refuse(value: unknown, path: string, wanted: string): never {
  fail("MALFORMED", `this must be of the type ${wanted}, and is ${describe(value)}.`, path);
}
