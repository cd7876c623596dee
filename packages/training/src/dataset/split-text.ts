import { decodeLine, type Line, type Row, RowBytes, unusableRow } from "./row.ts";
import type { TextChunk, TextChunker } from "./text-chunker.ts";
import { rowFaultOf } from "./unusable-row.ts";

/**
 * How a line looks that begins a conversation: wherever it is, and behind an empty line. The first rule is for files
 * with a conversation a line, in which nothing else parts them.
 */
const BEGINNINGS: Readonly<Record<"guanaco" | "llama2", { anywhere: RegExp; afterBlank: RegExp }>> =
  {
    guanaco: { anywhere: /^### Human:.*### Assistant:/, afterBlank: /^### Human:/ },
    llama2: { anywhere: /^<s>\s*\[INST\]/, afterBlank: /^\s*\[INST\]/ },
  };

const latin1 = new TextDecoder("latin1");
const NEWLINE = Buffer.from("\n");

/**
 * Cuts bare text into conversations.
 *
 * @param lines - the lines of the file
 * @param format - what conversations look like
 * @returns a row for each, which holds its text
 */
export async function* splitConversations(
  lines: AsyncIterable<Line>,
  format: keyof typeof BEGINNINGS,
): AsyncGenerator<Row> {
  const { anywhere, afterBlank } = BEGINNINGS[format];
  const pending = new RowBytes();
  let first = 1;
  let begun = false;
  let blank = true;
  const take = (): Row => {
    const conversation = { line: first, bytes: pending.take() };
    return { line: first, read: () => ({ text: decodeLine(conversation) }) };
  };
  for await (const { line, bytes } of lines) {
    // As Latin-1, since what is looked for is ASCII, and whether the rest is UTF-8 is the row's matter.
    const text = bytes ? latin1.decode(bytes) : "?";
    const begins = anywhere.test(text) || (blank && afterBlank.test(text));
    blank = text.trim() === "";
    // What is before the first conversation is its system message.
    if (begins && begun) yield take();
    if (blank && pending.empty) continue;
    if (pending.empty) first = line;
    begun ||= begins;
    pending.add(bytes);
    pending.add(NEWLINE);
  }
  if (!pending.empty) yield take();
}

/**
 * Cuts plain text into chunks.
 *
 * @param lines - the lines of the file
 * @param chunker - gathers them
 * @returns a row for each, which holds a {@link TextChunk}, and one for each line that cannot be read
 */
export async function* splitPlainText(
  lines: AsyncIterable<Line>,
  chunker: TextChunker,
): AsyncGenerator<Row> {
  for await (const line of lines) {
    let text: string;
    try {
      text = decodeLine(line);
    } catch (error) {
      const { code, reason } = rowFaultOf(error);
      yield unusableRow(line.line, code, reason);
      continue;
    }
    yield* rowsOf(chunker.add(line.line, text.endsWith("\r") ? text.slice(0, -1) : text));
  }
  yield* rowsOf(chunker.end());
}

function* rowsOf(chunks: Iterable<TextChunk>): Generator<Row> {
  for (const chunk of chunks) yield { line: chunk.line, read: () => chunk };
}
