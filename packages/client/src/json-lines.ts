import { type ByteSource, chunksOf } from "./byte-source.ts";
import { LineParser } from "./line-parser.ts";
import { parseJson } from "./parse-json.ts";

/** A limit for {@link parseJsonLines}. */
export interface JsonLineOptions {
  /** Characters that one line may have; 16,777,216 by default. */
  readonly maxLineLength?: number | undefined;
}

/**
 * Reads JSON Lines (NDJSON), as Ollama streams them: a value on each line. Blank lines are left out, and the last line
 * needs no newline.
 *
 * @param source - the bytes: a response's body, or any async iterable of chunks. Leaving the loop cancels it.
 * @param options - a limit
 * @throws ClientError `BAD_RESPONSE` where a line is not JSON, or too long; and what the source throws
 *
 * @example
 * ```ts
 * const response = await fetch("http://localhost:11434/api/generate", { method: "POST", body });
 * for await (const value of parseJsonLines(response.body)) console.log(value);
 * ```
 */
export async function* parseJsonLines(
  source: ByteSource,
  options: JsonLineOptions = {},
): AsyncGenerator<unknown, void, undefined> {
  let lines: string[] = [];
  const parser = new LineParser((line) => lines.push(line), options.maxLineLength);
  for await (const chunk of chunksOf(source)) {
    let failure: { readonly error: unknown } | undefined;
    try {
      parser.push(chunk);
    } catch (error) {
      failure = { error };
    }
    for (const line of lines) yield parseJson(line);
    lines = [];
    if (failure) throw failure.error;
  }
  parser.end();
  for (const line of lines) yield parseJson(line);
}
