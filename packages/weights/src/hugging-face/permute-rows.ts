import { askedRows } from "../tensors/asked-rows.ts";
import { rowsAndColumns, type TensorSource } from "../tensors/tensor-source.ts";
import { rowBytes } from "../tensors/tensor-type.ts";

/**
 * Puts the rows of `q` or `k` into the order of the other world.
 *
 * Rotary embeddings turn pairs of a head's rows. Meta's code and llama.cpp pair neighbours, transformers pairs row `i`
 * of a head's first half with row `i` of its second. So the same model has its rows in another order: of each head,
 * GGUF's row `2i + half` is Hugging Face's row `half * size / 2 + i`. Rows are moved whole, whatever their type.
 *
 * Source: `LlamaModel.permute` in ggml-org/llama.cpp, `conversion/llama.py`.
 *
 * @param source - the tensor
 * @param heads - into how many heads its rows part
 * @param to - whose order is wanted
 */
export function permuteRows(
  source: TensorSource,
  heads: number,
  to: "gguf" | "huggingFace",
): TensorSource {
  const { rows, columns } = rowsAndColumns(source.shape);
  const bytesPerRow = rowBytes(source.type, columns);
  const rowsPerHead = rows / heads;
  const headBytes = rowsPerHead * bytesPerRow;
  const sources = sourceRows(rowsPerHead, to);
  let scratch = new Uint8Array(0);
  return {
    ...source,
    async read(offset, length, into = new Uint8Array(length)) {
      const { first, count } = askedRows(source, offset, length);
      // Whole heads, since a head's rows come from all over it.
      const start = Math.floor(offset / headBytes) * headBytes;
      const end = Math.ceil((offset + length) / headBytes) * headBytes;
      if (scratch.length < end - start) scratch = new Uint8Array(end - start);
      const taken = scratch;
      scratch = new Uint8Array(0); // another read may begin before this one is done
      const bytes = await source.read(start, end - start, taken);
      for (let index = 0; index < count; index++) {
        const inHead = (first + index) % rowsPerHead;
        const row = first + index - inHead + (sources[inHead] as number);
        const from = row * bytesPerRow - start;
        into.set(bytes.subarray(from, from + bytesPerRow), index * bytesPerRow);
      }
      scratch = taken;
      return into.subarray(0, length);
    },
  };
}

/** For each row of a head, the row that it comes from. */
function sourceRows(size: number, to: "gguf" | "huggingFace"): Int32Array {
  const gguf = Int32Array.from({ length: size }, (_, row) => (row % 2) * (size / 2) + (row >> 1));
  if (to === "gguf") return gguf;
  const inverse = new Int32Array(size);
  for (const [row, from] of gguf.entries()) inverse[from] = row;
  return inverse;
}
