/** A JSON object, of which nothing is known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses JSON that must be an object. Commas, braces and brackets are counted first: a few bytes of them can
 * make objects that take ten times the memory, or ones so deep that whatever walks through them ends the stack.
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
  const { marks, depth } = measure(bytes);
  if (marks > most) throw fail(`has more than ${most} commas and brackets`);
  if (depth > MAX_DEPTH) throw fail(`has more than ${MAX_DEPTH} brackets within each other`);
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

/** Brackets within each other. The deepest of a model's files, `tokenizer.json`, has seven. */
const MAX_DEPTH = 100;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];

/** Brackets and braces, and what they do to the depth. */
const STEPS: ReadonlyMap<number, number> = new Map([
  [0x5b, 1],
  [0x7b, 1],
  [0x5d, -1],
  [0x7d, -1],
]);

/** Counts commas and opening brackets outside of texts, and how deep the brackets go. */
function measure(bytes: Uint8Array): { marks: number; depth: number } {
  let [marks, depth, open, isText] = [0, 0, 0, false];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) isText = !isText;
    else if (byte === BACKSLASH) at++;
    else if (!isText) {
      const step = STEPS.get(byte) ?? 0;
      if (step === 1 || byte === COMMA) marks++;
      open += step;
      depth = Math.max(depth, open);
    }
  }
  return { marks, depth };
}
