import { WeightsError } from "../error.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import { layoutOf } from "../tensors/tensor-type.ts";

/** Bytes of a matrix that is turned in memory: the embeddings' half of an adapter of rank 512 has 65 MB. */
const MAX_BYTES = 2 ** 28;

/**
 * A matrix with rows and columns exchanged. All of it is read at once, so it must be a small one.
 *
 * @throws WeightsError `UNSUPPORTED` for types whose values share bytes, and for large ones
 */
export function transposed(source: TensorSource): TensorSource {
  const [rows = 1, columns = 1] = source.shape;
  const layout = layoutOf(source.type);
  if (layout.values !== 1 || source.shape.length !== 2 || source.byteLength > MAX_BYTES) {
    const facts = `${source.type} [${source.shape.join(", ")}]`;
    throw new WeightsError("UNSUPPORTED", `Tensor ${source.name}, ${facts}, cannot be transposed.`);
  }
  const size = layout.bytes;
  let turned: Promise<Uint8Array> | undefined;
  const turn = async () => {
    const bytes = await source.read(0, source.byteLength);
    const result = new Uint8Array(bytes.length);
    for (let column = 0; column < columns; column++) {
      for (let row = 0; row < rows; row++) {
        const from = (row * columns + column) * size;
        const to = (column * rows + row) * size;
        for (let i = 0; i < size; i++) result[to + i] = bytes[from + i] as number;
      }
    }
    return result;
  };
  return {
    ...source,
    shape: [columns, rows],
    async read(offset, length, into = new Uint8Array(length)) {
      turned ??= turn();
      into.set((await turned).subarray(offset, offset + length));
      return into.subarray(0, length);
    },
  };
}
