import { rowsAndColumns, type TensorSource } from "./tensor-source.ts";
import { rowBytes } from "./tensor-type.ts";

/** Bytes read at once: what a processor keeps in its cache, as more goes by way of memory twice. */
const CHUNK_BYTES = 2 ** 20;

/** Values read at once: quantised, those of a chunk would take a second to make, and nothing could end that. */
const CHUNK_VALUES = 2 ** 21;

/** Some rows of a tensor. */
export interface RowChunk {
  /** Number of the first row. */
  readonly row: number;
  /** How many rows. */
  readonly rows: number;
  /** Their bytes; overwritten when the next chunk is asked for. */
  readonly bytes: Uint8Array;
}

/**
 * Reads a tensor by whole rows, as many at once as a chunk holds, and at least one. The next chunk is read
 * while the last one is worked on, so that reading and writing take turns on the disk.
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
  const most = Math.min((options.chunkBytes ?? CHUNK_BYTES) / bytesPerRow, CHUNK_VALUES / columns);
  const perChunk = Math.max(1, Math.floor(most));
  const buffers: Uint8Array[] = [];
  const readChunk = async (row: number): Promise<RowChunk> => {
    const count = Math.min(perChunk, rows - row);
    const parity = (row / perChunk) % 2;
    buffers[parity] ??= new Uint8Array(count * bytesPerRow);
    const length = count * bytesPerRow;
    const bytes = await tensor.read(row * bytesPerRow, length, buffers[parity]);
    return { row, rows: count, bytes };
  };
  let next: Promise<RowChunk> | undefined = readChunk(0);
  try {
    for (let row = perChunk; next !== undefined; row += perChunk) {
      options.signal?.throwIfAborted();
      const chunk: RowChunk = await next;
      next = row < rows ? readChunk(row) : undefined;
      next?.catch(() => {}); // it is awaited in the next turn
      yield chunk;
    }
  } finally {
    // Nothing may be reading when the file is closed.
    await next?.catch(() => {});
  }
}
