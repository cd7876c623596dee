import { TokenizerError } from "./error.ts";

/** Llama 2's file has 1.8 MB, the largest of its kind some 17 MB. */
const MAX_BYTES = 1 << 25;

/** Objects, arrays and commas. Llama 2's file has some 95,000, or 250,000 where merges are pairs. Each may take 50 bytes. */
const MAX_VALUES = 1 << 22;

/** Real files nest six deep. */
const MAX_DEPTH = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * Parses JSON once its size, depth and number of values are within limits, for `JSON.parse` has none: a few
 * megabytes of brackets would become hundreds of megabytes of arrays.
 *
 * @param bytes - the whole file
 * @throws TokenizerError
 */
export function readJson(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_BYTES) {
    throw exceeded(`the file has ${bytes.length} bytes, and the limit is ${MAX_BYTES}.`, 0);
  }
  checkStructure(bytes);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TokenizerError("MALFORMED", `the file is not valid JSON: ${reason}`, { cause });
  }
}

function checkStructure(bytes: Uint8Array): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
      continue;
    }
    if (byte === COMMA) values++;
    // Brackets and braces differ in one bit: [ 5b, ] 5d, { 7b, } 7d.
    else if ((byte | 0x20) === 0x7b) {
      values++;
      if (++depth > MAX_DEPTH) throw exceeded(`values are nested deeper than ${MAX_DEPTH}.`, at);
    } else if ((byte | 0x20) === 0x7d) depth--;
    if (values > MAX_VALUES) throw exceeded(`there are more than ${MAX_VALUES} values.`, at);
  }
  if (depth > 0) {
    const problem = `${depth} objects or arrays are not closed: pass the whole file.`;
    throw new TokenizerError("TRUNCATED", problem, { place: `byte ${bytes.length}` });
  }
}

/** The index of the quote that ends a string, or the bytes' end. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] === BACKSLASH) at++;
    else if (bytes[at] === QUOTE) return at;
  }
  return bytes.length;
}

function exceeded(problem: string, at: number): TokenizerError {
  return new TokenizerError("LIMIT_EXCEEDED", problem, { place: `byte ${at}` });
}
