/** A JSON object, of which nothing is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses JSON that must be an object. Commas, braces and brackets are counted first: a few bytes of them can
 * make objects that take ten times the memory.
 *
 * @param bytes - the whole text, as UTF-8
 * @param most - commas, braces and brackets at most
 * @param fail - makes an error of what is wrong: an end of a sentence
 */
export function parseJsonObject(
  bytes: Uint8Array,
  most: number,
  fail: (problem: string, cause?: unknown) => Error,
): JsonObject {
  if (countMarks(bytes) > most) throw fail(`has more than ${most} commas and brackets`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw fail(`is not JSON: ${(cause as Error).message}`, cause);
  }
  if (!isJsonObject(value)) throw fail("is not a JSON object");
  return value;
}

/** Whether a value is an object as JSON means it. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const COMMA = 0x2c;
const BRACKET = 0x5b;
const BRACE = 0x7b;

function countMarks(bytes: Uint8Array): number {
  let marks = 0;
  for (const byte of bytes) if (byte === COMMA || byte === BRACKET || byte === BRACE) marks++;
  return marks;
}
