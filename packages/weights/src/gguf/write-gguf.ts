import { WeightsError } from "../error.ts";
import type { Metadata } from "../tensors/metadata.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { WriteOptions } from "../tensors/write-options.ts";

/** Writes a GGUF file. */
export async function writeGguf(
  path: string,
  model: { readonly metadata: Metadata; readonly tensors: Iterable<TensorSource> },
  options: WriteOptions = {},
): Promise<void> {
  options.signal?.throwIfAborted();
  throw new WeightsError("UNSUPPORTED", `Nothing writes ${path} of ${model.metadata.size} yet.`, {
    path,
  });
}
