import type { DownloadOptions } from "./download.ts";
import type { GpuChoice } from "./llama.ts";
import { badParameter, readNumber, refuseUnknownOptions } from "./parameters.ts";

/** What to load, and how. Only `model` is needed. */
export interface LoadModelOptions extends DownloadOptions {
  /**
   * Path of a GGUF file; or a URI to download it from: `hf:<user>/<repository>/<file>`,
   * `hf:<user>/<repository>:<quantization>`, or `https://…`. A downloaded file is kept and found again.
   */
  readonly model: string;
  /** The model's name. Its file's name by default. */
  readonly id?: string | undefined;
  /** Where to run: `"auto"` takes the best GPU there is, else the CPU; `false` is the CPU. `"auto"` by default. */
  readonly gpu?: GpuChoice | undefined;
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
  /**
   * How `chat()` writes its prompt. `"auto"`, the default, writes Llama 2's format, and refuses where the file
   * carries a chat template of another kind; `"llama2"` writes it in any case.
   */
  readonly chatFormat?: "auto" | "llama2" | undefined;
  /** Called as loading goes on, with the share that is done, from 0 to 1. */
  readonly onLoadProgress?: ((share: number) => void) | undefined;
  /** Ends download and loading early: `loadModel` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** {@link LoadModelOptions} with every value checked. */
export interface CheckedLoadOptions extends LoadModelOptions {
  readonly gpu: GpuChoice;
}

const KNOWN_OPTIONS: readonly (keyof LoadModelOptions)[] = [
  "model",
  "id",
  "gpu",
  "threads",
  "contextSize",
  "chatFormat",
  "cacheDir",
  "onDownloadProgress",
  "onLoadProgress",
  "signal",
];

const GPU_CHOICES: readonly unknown[] = ["auto", "cuda", "vulkan", "metal", false];
const CHAT_FORMATS: readonly unknown[] = ["auto", "llama2", undefined];

/** @throws InferenceError `BAD_PARAMETER` */
export function checkLoadOptions(options: LoadModelOptions): CheckedLoadOptions {
  refuseUnknownOptions(options, KNOWN_OPTIONS);
  const { model, gpu = "auto", chatFormat, contextSize } = options;
  if (typeof model !== "string" || model === "") {
    throw badParameter("model", model, "the path or URI of a GGUF file");
  }
  if (!GPU_CHOICES.includes(gpu)) {
    throw badParameter("gpu", gpu, '"auto", "cuda", "vulkan", "metal" or false');
  }
  if (!CHAT_FORMATS.includes(chatFormat)) {
    throw badParameter("chatFormat", chatFormat, '"auto" or "llama2"');
  }
  readNumber("contextSize", contextSize, { min: 8, integer: true }, 8);
  readNumber("threads", options.threads, { min: 1, integer: true }, 1);
  return { ...options, gpu };
}
