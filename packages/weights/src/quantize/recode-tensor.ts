import { WeightsError } from "../error.ts";
import { askedRows } from "../tensors/asked-rows.ts";
import { rowsAndColumns, type TensorSource, tensorBytes } from "../tensors/tensor-source.ts";
import { layoutOf, rowBytes, type TensorType } from "../tensors/tensor-type.ts";
import { codecOf, type Encode } from "./codecs.ts";
import { requireFinite } from "./require-finite.ts";

/** Values worked on at once: 1 MB of them, which stays in a processor's cache from reading to writing. */
const VALUES_AT_ONCE = 2 ** 18;

/** How a tensor is made into another. */
export interface Recoding {
  /** The type that it is to have. */
  readonly type: TensorType;
  /** Turns numbers into that type; see `loadEncoder`. */
  readonly encode: Encode;
  /** Changes the numbers of some rows, the first of which has this number, before they are encoded. */
  readonly change?: ((values: Float32Array, firstRow: number) => void | Promise<void>) | undefined;
}

/**
 * A tensor as one of another type. Its bytes are computed when they are read, a few rows at a time.
 *
 * @param source - the tensor to read, of any type that can be turned into numbers
 * @param recoding - the new type, what encodes it, and what changes on the way
 * @returns a tensor of the same name and shape, to be read by whole rows
 * @throws WeightsError `UNSUPPORTED` for a type that cannot be read; `BAD_TENSOR` where rows are not whole blocks of the
 *   new type, and, when it is read, where a weight is no number or does not fit the type
 * @example
 * ```ts
 * const small = recodeTensor(tensor, { type: "Q8_0", encode: await loadEncoder("Q8_0") });
 * ```
 */
export function recodeTensor(source: TensorSource, recoding: Recoding): TensorSource {
  const { type, encode, change } = recoding;
  const { name, shape } = source;
  const { decode } = codecOf(source.type);
  const { columns } = rowsAndColumns(shape);
  requireWholeBlocks(name, columns, source.type);
  requireWholeBlocks(name, columns, type);
  const bytesPerRow = { in: rowBytes(source.type, columns), out: rowBytes(type, columns) };
  const rowsAtOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / columns));

  async function read(offset: number, length: number, into = new Uint8Array(length)) {
    const { first, count: rows } = askedRows({ name, shape, type }, offset, length);
    const values = new Float32Array(Math.min(rows, rowsAtOnce) * columns);
    const input = new Uint8Array(Math.min(rows, rowsAtOnce) * bytesPerRow.in);
    for (let row = 0; row < rows; row += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - row);
      const some = values.subarray(0, count * columns);
      const from = (first + row) * bytesPerRow.in;
      decode(await source.read(from, count * bytesPerRow.in, input), some);
      await change?.(some, first + row);
      const output = into.subarray(row * bytesPerRow.out, (row + count) * bytesPerRow.out);
      await encode(some, output);
      requireFinite(name, type, output);
    }
    return into.subarray(0, length);
  }

  return { name, shape, type, byteLength: tensorBytes(type, shape), read };
}

function requireWholeBlocks(name: string, columns: number, type: TensorType): void {
  const block = layoutOf(type).values;
  if (columns % block === 0) return;
  throw new WeightsError(
    "BAD_TENSOR",
    `Tensor ${name} has rows of ${columns}, and ${type} takes multiples of ${block}. Give it another type.`,
  );
}
