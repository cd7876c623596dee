import type { Metadata } from "./metadata.ts";
import type { TensorSource } from "./tensor-source.ts";

/** An open model: what its files say of it, and its tensors, which are read when asked for. */
export interface ModelWeights {
  /** Where it comes from. */
  readonly format: "gguf" | "safetensors" | "llama2c";
  /** A GGUF's metadata; of safetensors, what stands under `__metadata__`, as texts. */
  readonly metadata: Metadata;
  /** Tensors by name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, TensorSource>;
  /** Closes the files. Tensors cannot be read after that. */
  close(): Promise<void>;
}
