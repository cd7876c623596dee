/**
 * The lines of a stream of UTF-8, without their ends (LF or CRLF). A last line needs no end.
 *
 * Node's readline would also split at U+2028 and at a lone carriage return, which may be part of a message.
 */
export async function* readLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // Drops the byte order mark that Windows programs write.
  const decoder = new TextDecoder();
  // Joined once a line is complete, as adding to a long line piece by piece would copy it every time.
  let pieces: string[] = [];
  for await (const chunk of input) {
    const [first = "", ...others] = decoder.decode(chunk, { stream: true }).split("\n");
    pieces.push(first);
    for (const next of others) {
      yield withoutCarriageReturn(pieces.join(""));
      pieces = [next];
    }
  }
  const last = withoutCarriageReturn(pieces.join("") + decoder.decode());
  if (last !== "") yield last;
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
