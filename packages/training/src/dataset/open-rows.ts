import { abortable } from "./abortable.ts";
import type { DatasetRow } from "./formats.ts";
import type { ResolvedDatasetOptions } from "./options.ts";
import { encodeParts, openFile } from "./read-bytes.ts";
import type { DatasetSource } from "./read-dataset.ts";
import type { Row } from "./row.ts";
import { rowsOfBytes } from "./rows-of-bytes.ts";
import type { TextChunker } from "./text-chunker.ts";

/** How much has been read. It is kept up to date. */
interface ByteProgress {
  bytes: number;
  readonly totalBytes: number | undefined;
}

/** Opens a dataset, wherever it is. Throws TrainingError with code `BAD_DATASET` for a file that cannot be read. */
export async function openRows(
  source: DatasetSource,
  { format, signal }: ResolvedDatasetOptions,
  chunker: TextChunker,
): Promise<{ rows: AsyncIterable<Row> | Iterable<Row>; progress: ByteProgress }> {
  if (isList(source)) {
    return { rows: rowsOfList(source), progress: { bytes: 0, totalBytes: undefined } };
  }
  const path = typeof source === "string" ? source : undefined;
  const { chunks, total } =
    typeof source === "string"
      ? await openFile(source)
      : { chunks: encodeParts(abortable(source, signal)), total: undefined };
  const progress = { bytes: 0, totalBytes: total };
  return { rows: rowsOfBytes(counted(chunks, progress), path, format, chunker), progress };
}

function isList(source: DatasetSource): source is readonly DatasetRow[] {
  return Array.isArray(source);
}

function* rowsOfList(list: readonly DatasetRow[]): Generator<Row> {
  for (const [index, value] of list.entries()) yield { line: index + 1, read: () => value };
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  progress: ByteProgress,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    progress.bytes += chunk.length;
    yield chunk;
  }
}
