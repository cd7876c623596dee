import type { AdapterSource } from "./adapter-source.ts";
import type { DownloadOptions } from "./download.ts";
import type { GpuChoice } from "./llama.ts";

/** Numbers that the KV cache may consist of. The quantised ones, `q…`, need flash attention. */
export type KvCacheType = "f32" | "f16" | "bf16" | "q8_0" | "q5_1" | "q5_0" | "q4_1" | "q4_0";

/** What to load, and how. Only `model` is needed. */
export interface LoadModelOptions extends DownloadOptions {
  /**
   * Path of a GGUF file; or a URI to download it from: `hf:<user>/<repository>/<file>`,
   * `hf:<user>/<repository>:<quantization>`, or `https://…`. A downloaded file is kept and found again.
   * Of a model in several files, the first.
   */
  readonly model: string;
  /** The model's name. Its file's name by default. */
  readonly id?: string | undefined;
  /**
   * Where to run: `"auto"` takes the best GPU there is, else the CPU; `false` is the CPU. `"auto"` by default, which
   * falls back to the CPU, with a warning, where loading on the GPU fails.
   */
  readonly gpu?: GpuChoice | undefined;
  /** Layers to hold in the GPU's memory. `"auto"`, the default, is as many as fit. */
  readonly gpuLayers?: "auto" | number | undefined;
  /**
   * Most CPU threads to compute with. Never more than the physical cores are used; by default one of the
   * processors is left free as well. `model.threads` tells.
   */
  readonly threads?: number | undefined;
  /**
   * Tokens that a conversation, answer included, may have: from 8 to what the model was trained on.
   * By default as many as the model was trained on, or fewer where memory is short.
   */
  readonly contextSize?: number | undefined;
  /** Conversations at once, from 1 to 256. Each has a context of its own, so it takes memory. 1 by default. */
  readonly sequences?: number | undefined;
  /** Generations that may wait for a free sequence. 256 by default. */
  readonly maxQueue?: number | undefined;
  /**
   * Tokens that are evaluated at once: 128 by default, 512 on a GPU. A larger batch reads a long prompt faster, and
   * lets an abort and other conversations wait longer.
   */
  readonly batchSize?: number | undefined;
  /**
   * Whether to use llama.cpp's flash attention. By default on a GPU that has it (`"auto"`), and not on the CPU, where
   * it slows all but long first prompts; unless `kvCacheType` needs it.
   */
  readonly flashAttention?: "auto" | boolean | undefined;
  /** What the KV cache consists of. `"f16"` by default; `"q8_0"` halves its memory, `"q4_0"` quarters it. */
  readonly kvCacheType?: KvCacheType | undefined;
  /** Whether to look for weights that are no numbers. True by default: it takes about 0.2 s a gigabyte. */
  readonly checkTensors?: boolean | undefined;
  /** LoRA adapters, of which a generation can choose: with a name and a path or URI each. */
  readonly adapters?: readonly AdapterSource[] | Readonly<Record<string, string>> | undefined;
  /**
   * How `chat()` writes its prompt. `"auto"`, the default, writes Llama 2's format, and refuses where the file
   * carries a chat template of another kind; `"llama2"` writes it in any case.
   */
  readonly chatFormat?: "auto" | "llama2" | undefined;
  /** Called as loading goes on, with the share that is done, from 0 to 1. */
  readonly onLoadProgress?: ((share: number) => void) | undefined;
  /** Called with a sentence about what is not as it might be, such as a GPU that cannot be used. */
  readonly onWarning?: ((warning: string) => void) | undefined;
  /** Ends download and loading early: `loadModel` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}
