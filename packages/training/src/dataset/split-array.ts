import { ArrayScanner } from "./array-scanner.ts";
import { jsonRow, type Row, RowBytes, unusableRow } from "./row.ts";

/**
 * Cuts a JSON array into its elements without parsing it, so that one of any size is read in little memory. What is
 * wrong within an element shows when that is parsed.
 *
 * @param chunks - the file's bytes, cut anywhere; the first that is not white space is `[`
 * @returns the elements, and last a row that cannot be read where the array has no end, or something is behind it
 */
export async function* splitArray(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Row> {
  const scanner = new ArrayScanner();
  const element = new RowBytes();
  for await (const chunk of chunks) yield* splitChunk(chunk, scanner, element);
  if (scanner.place === "within") yield elementRow(scanner, element);
  if (scanner.place === "behind") return;
  const reason = "The array is not closed, or is not all there is: the file is damaged.";
  yield unusableRow(scanner.line, "BAD_JSON", reason);
}

function* splitChunk(chunk: Uint8Array, scanner: ArrayScanner, element: RowBytes): Generator<Row> {
  let start = 0;
  for (let at = 0; at < chunk.length; at++) {
    const event = scanner.read(chunk[at] as number);
    if (event === "begins") start = at;
    if (event === "ends") {
      element.add(chunk.subarray(start, at));
      yield elementRow(scanner, element);
    }
  }
  if (scanner.place === "within") element.add(chunk.subarray(start));
}

function elementRow({ elementLine }: ArrayScanner, element: RowBytes): Row {
  return jsonRow({ line: elementLine, bytes: element.take() });
}
