import { rowBytes, type TensorType } from "./tensor-type.ts";

/** A tensor in a file or made on demand; its bytes are read or computed in pieces. */
export interface TensorSource {
  /** The tensor's name in its file, such as `blk.0.attn_q.weight`. */
  readonly name: string;
  /** Outermost first, as PyTorch and safetensors say it: `[rows, columns]`. A GGUF stores them the other way round. */
  readonly shape: readonly number[];
  /** The type of its values. */
  readonly type: TensorType;
  /** Bytes of the whole tensor. */
  readonly byteLength: number;
  /**
   * Reads bytes of the tensor, little-endian, row after row.
   *
   * What is computed on demand may ask for whole rows: `readRows` reads so.
   *
   * @param offset - the first byte
   * @param length - how many; no more than there are from `offset`
   * @param into - where to; the result is its beginning then, otherwise memory of its own
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
}

/** A tensor's number of values. */
export function countValues(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A tensor as a matrix: its last dimension is a row. One without dimensions is a single value. */
export function rowsAndColumns(shape: readonly number[]): { rows: number; columns: number } {
  return { rows: countValues(shape.slice(0, -1)), columns: shape.at(-1) ?? 1 };
}

/** Bytes of a tensor of whole blocks. */
export function tensorBytes(type: TensorType, shape: readonly number[]): number {
  const { rows, columns } = rowsAndColumns(shape);
  return rows * rowBytes(type, columns);
}

/**
 * A tensor whose bytes are in memory.
 *
 * @param tensor - name, shape (outermost first), type, and the bytes, little-endian
 * @example
 * ```ts
 * const ones = memoryTensor({
 *   name: "output_norm.weight",
 *   shape: [4],
 *   type: "F32",
 *   bytes: new Uint8Array(new Float32Array([1, 1, 1, 1]).buffer),
 * });
 * ```
 */
export function memoryTensor(tensor: {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TensorType;
  readonly bytes: Uint8Array;
}): TensorSource {
  const { name, shape, type, bytes } = tensor;
  return {
    name,
    shape,
    type,
    byteLength: bytes.length,
    async read(offset, length, into) {
      const part = bytes.subarray(offset, offset + length);
      if (into === undefined) return part.slice();
      into.set(part);
      return into.subarray(0, length);
    },
  };
}
