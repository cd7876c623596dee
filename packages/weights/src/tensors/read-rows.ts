import { rowsAndColumns, type TensorSource } from "./tensor-source.ts";
import { rowBytes } from "./tensor-type.ts";

/** Bytes read at once. More is not faster, and what transforms a chunk needs a few times as much. */
export const CHUNK_BYTES: number = 2 ** 22;

/** Some rows of a tensor. */
export interface RowChunk {
  /** Number of the first row. */
  readonly row: number;
  /** How many rows. */
  readonly rows: number;
  /** Their bytes; overwritten when the next chunk is read. */
  readonly bytes: Uint8Array;
}

/**
 * Reads a tensor by whole rows, as many at once as a chunk holds, and at least one.
 *
 * @param tensor - what to read
 * @param options - `chunkBytes`: bytes of a chunk; `signal` ends it with the signal's reason
 * @example
 * ```ts
 * for await (const { row, bytes } of readRows(tensor)) console.log(row, bytes.length);
 * ```
 */
export async function* readRows(
  tensor: TensorSource,
  options: { readonly chunkBytes?: number; readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<RowChunk, void, void> {
  const { rows, columns } = rowsAndColumns(tensor.shape);
  const bytesPerRow = rowBytes(tensor.type, columns);
  if (rows === 0 || bytesPerRow === 0) return;
  const perChunk = Math.max(1, Math.floor((options.chunkBytes ?? CHUNK_BYTES) / bytesPerRow));
  const buffer = new Uint8Array(Math.min(perChunk, rows) * bytesPerRow);
  for (let row = 0; row < rows; row += perChunk) {
    options.signal?.throwIfAborted();
    const count = Math.min(perChunk, rows - row);
    const length = count * bytesPerRow;
    yield { row, rows: count, bytes: await tensor.read(row * bytesPerRow, length, buffer) };
  }
}
