import { extname } from "node:path";
import { TrainingError } from "../error.ts";
import { type DatasetFormat, formatOfText } from "./formats.ts";
import { jsonRow, type Line, type Row } from "./row.ts";
import { splitArray } from "./split-array.ts";
import { splitLines } from "./split-lines.ts";
import { splitConversations, splitPlainText } from "./split-text.ts";
import type { TextChunker } from "./text-chunker.ts";

/** How a file holds its rows: one JSON value a line, in a JSON array, or as bare text. */
type Container = "lines" | "array" | "text";

/** Enough to tell a container and the format of bare text by, be there a licence or a blank page before it. */
const HEAD_BYTES = 4096;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const CONTAINERS: Readonly<Record<string, Container>> = {
  ".jsonl": "lines",
  ".ndjson": "lines",
  ".txt": "text",
  ".md": "text",
};

/**
 * @param chunks - a file's bytes
 * @param path - its path, whose ending tells what it is; without one its beginning does
 * @param format - the format, if the caller named it
 * @param chunker - gathers plain text
 * @returns the rows
 * @throws TrainingError with code `BAD_DATASET` if the file is bare text, and the format is one of JSON
 */
export async function* rowsOfBytes(
  chunks: AsyncIterable<Uint8Array>,
  path: string | undefined,
  format: DatasetFormat | undefined,
  chunker: TextChunker,
): AsyncGenerator<Row> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    const first = await readHead(iterator);
    const head = first.toString("utf8", 0, HEAD_BYTES);
    const container = CONTAINERS[extname(path ?? "").toLowerCase()] ?? containerOf(head);
    const all = startingWith(first, iterator);
    if (container === "array") yield* splitArray(all);
    else if (container === "lines") yield* jsonRows(splitLines(all));
    else yield* textRows(splitLines(all), format ?? formatOfText(head), chunker);
  } finally {
    await iterator.return?.();
  }
}

function textRows(
  lines: AsyncIterable<Line>,
  format: DatasetFormat,
  chunker: TextChunker,
): AsyncGenerator<Row> {
  if (format === "text") return splitPlainText(lines, chunker);
  if (format === "guanaco" || format === "llama2") return splitConversations(lines, format);
  const message = `The dataset is bare text, and the format "${format}" is one of JSON: name another, or none.`;
  throw new TrainingError("BAD_DATASET", message, { parameter: "format" });
}

async function* jsonRows(lines: AsyncIterable<Line>): AsyncGenerator<Row> {
  for await (const line of lines) {
    if (line.bytes && isBlank(line.bytes)) continue;
    yield jsonRow(line);
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 32 || (byte >= 9 && byte <= 13));
}

/** `[INST]` begins with a bracket as well, so the one of an array needs an element or its end behind it. */
function containerOf(head: string): Container {
  if (/^\s*\[\s*[[{"\]]/.test(head)) return "array";
  return /^\s*\{/.test(head) ? "lines" : "text";
}

/** A file's beginning, without a byte order mark. */
async function readHead(iterator: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < HEAD_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return head.subarray(0, 3).equals(BYTE_ORDER_MARK) ? head.subarray(3) : head;
}

async function* startingWith(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  for (;;) {
    const next = await rest.next();
    if (next.done) return;
    yield next.value;
  }
}
