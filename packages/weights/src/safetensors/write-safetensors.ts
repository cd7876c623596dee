import { WeightsError } from "../error.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { WriteOptions } from "../tensors/write-options.ts";

/** What `writeSafetensors` takes beside the tensors. */
export interface WriteSafetensorsOptions extends WriteOptions {
  /** Texts under `__metadata__`; `format: "pt"` by default. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** Writes one safetensors file. */
export async function writeSafetensors(
  path: string,
  tensors: Iterable<TensorSource>,
  options: WriteSafetensorsOptions = {},
): Promise<void> {
  options.signal?.throwIfAborted();
  throw new WeightsError("UNSUPPORTED", `Nothing writes ${[...tensors].length} to ${path} yet.`, {
    path,
  });
}
