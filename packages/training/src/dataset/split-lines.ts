import { type Line, RowBytes } from "./row.ts";

const NEWLINE = 10;

/**
 * Cuts a file at its newlines. It does so before decoding, so that bytes that are not UTF-8 spoil one line.
 *
 * @param chunks - the file's bytes, cut anywhere
 * @returns the lines without their newlines
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const pending = new RowBytes();
  let line = 1;
  for await (const chunk of chunks) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      pending.add(chunk.subarray(start, end));
      yield { line: line++, bytes: pending.take() };
      start = end + 1;
    }
    if (start < chunk.length) pending.add(chunk.subarray(start));
  }
  if (!pending.empty) yield { line, bytes: pending.take() };
}
