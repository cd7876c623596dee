import { WeightsError } from "../error.ts";
import { readRows } from "../tensors/read-rows.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import type { WriteBytes } from "./write-file.ts";

/** How tensors are placed, and what has been written before them. */
interface Placement extends Pick<WriteOptions, "signal" | "onProgress"> {
  /** Each tensor is filled up with zeros to a multiple of this. */
  readonly alignment: number;
  /** Bytes of the output before these tensors. */
  readonly done: number;
  /** Bytes of the whole output. */
  readonly total: number;
}

/** Writes tensors one behind the other. */
export async function writeTensors(
  tensors: Iterable<TensorSource>,
  write: WriteBytes,
  { alignment, total, signal, onProgress, ...placement }: Placement,
): Promise<void> {
  let { done } = placement;
  for (const tensor of tensors) {
    let written = 0;
    for await (const { bytes } of readRows(tensor, { signal })) {
      await write(bytes);
      written += bytes.length;
      onProgress?.({ done: done + written, total });
    }
    if (written !== tensor.byteLength) {
      const counts = `${written} bytes came, and it has ${tensor.byteLength}`;
      throw new WeightsError("BAD_TENSOR", `Tensor ${tensor.name} is not what it says: ${counts}.`);
    }
    const padding = (alignment - (written % alignment)) % alignment;
    if (padding > 0) await write(new Uint8Array(padding));
    done += written + padding;
  }
  signal?.throwIfAborted();
  onProgress?.({ done: total, total });
}
