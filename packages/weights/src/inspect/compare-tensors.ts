import { dequantize, hasCodec } from "../quantize/codecs.ts";
import { rowsAndColumns, type TensorSource } from "../tensors/tensor-source.ts";
import { rowBytes } from "../tensors/tensor-type.ts";

/** Weights compared at once. */
const VALUES_AT_ONCE = 2 ** 20;

/** How the values of two tensors of one shape differ. */
export interface ValueDifference {
  /** Whether their bytes are the same. */
  readonly isSame: boolean;
  /** The largest difference of two weights; undefined for types that are not dequantised here. */
  readonly maxDifference: number | undefined;
}

/** Compares two tensors of one shape, a few rows at a time. */
export async function compareTensors(
  a: TensorSource,
  b: TensorSource,
  signal?: AbortSignal | undefined,
): Promise<ValueDifference> {
  const { rows, columns } = rowsAndColumns(a.shape);
  const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / Math.max(1, columns)));
  const canDecode = hasCodec(a.type) && hasCodec(b.type);
  let isSame = a.type === b.type;
  let maxDifference: number | undefined = canDecode ? 0 : undefined;
  for (let row = 0; row < rows; row += atOnce) {
    signal?.throwIfAborted();
    const count = Math.min(atOnce, rows - row);
    const [first, second] = await Promise.all(
      [a, b].map((tensor) => readSome(tensor, row, count, columns)),
    );
    if (first === undefined || second === undefined) break;
    if (a.type === b.type && Buffer.compare(first, second) === 0) continue;
    isSame = false;
    if (maxDifference !== undefined) {
      const values = [
        new Float32Array(count * columns),
        new Float32Array(count * columns),
      ] as const;
      dequantize(a.type, first, values[0]);
      dequantize(b.type, second, values[1]);
      maxDifference = Math.max(maxDifference, largestDifference(...values));
    }
  }
  return { isSame, maxDifference };
}

function readSome(
  tensor: TensorSource,
  row: number,
  rows: number,
  columns: number,
): Promise<Uint8Array> {
  const bytesPerRow = rowBytes(tensor.type, columns);
  return tensor.read(row * bytesPerRow, rows * bytesPerRow);
}

/** A number that is none differs infinitely from one that is. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let index = 0; index < a.length; index++) {
    const [first, second] = [a[index] as number, b[index] as number];
    if (Object.is(first, second) || first === second) continue;
    const difference = Math.abs(first - second);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    if (difference > largest) largest = difference;
  }
  return largest;
}
