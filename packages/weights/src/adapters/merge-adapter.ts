import { badOption } from "../error.ts";
import { type FileType, fileTypes, isFileType } from "../quantize/file-type.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import { isFolder } from "./adapter-base.ts";
import { mergeIntoFolder } from "./merge-into-folder.ts";
import { mergeIntoGguf } from "./merge-into-gguf.ts";

/** An adapter to be merged. */
export interface AdapterToMerge {
  /** PEFT's folder, or a GGUF. */
  readonly path: string;
  /** How strongly it acts: 1, the default, is as it was trained. */
  readonly scale?: number | undefined;
}

/** What `mergeAdapter` takes. */
export interface MergeOptions extends WriteOptions {
  /** The model: a GGUF file, or a Hugging Face folder with safetensors. */
  readonly base: string;
  /** PEFT's folder or a GGUF; several are added one to the other. */
  readonly adapter: string | AdapterToMerge | readonly (string | AdapterToMerge)[];
  /** How strongly an adapter acts that has no scale of its own; 1 by default. */
  readonly scale?: number | undefined;
  /** What to write: a GGUF file, or a folder. */
  readonly output: string;
  /**
   * What the output is to be: of a GGUF any, of a folder F32, F16 or BF16. By default each tensor keeps its type. A K-quant
   * needs ggml's library to be made anew.
   */
  readonly type?: FileType | undefined;
  /** The folder with ggml's library, where it is not node-llama-cpp's. */
  readonly libDir?: string | undefined;
}

/** What came of it. */
export interface MergeResult {
  /** Whether the output's matrix has 8 bits instead of 6, as ggml's library was not there to make them. */
  readonly isOutputQ8: boolean;
}

/** The options with every scale named. */
export interface MergePlan extends Omit<MergeOptions, "adapter" | "scale"> {
  readonly adapters: readonly { readonly path: string; readonly scale: number }[];
}

/**
 * Adds LoRA adapters to the weights of their base, so that the model needs no adapter any more.
 *
 * Rows are worked on a few at a time, in memory of some chunks and one pair of an adapter's matrices. The other files of a
 * folder are copied.
 *
 * @param options - base, adapters, output, and how strongly the adapters act
 * @returns whether the output's matrix is of another type than usual
 * @throws WeightsError all of opening the base and the adapters; `UNSUPPORTED` for a base whose types cannot be read;
 *   `MISSING_LIBRARY` where a K-quant must be made and ggml's library is not there; `OUTPUT_EXISTS`, `CANNOT_WRITE`
 * @example
 * ```ts
 * await mergeAdapter({ base: "llama-2-7b-chat.F16.gguf", adapter: "my-lora", output: "mine.F16.gguf" });
 * await mergeAdapter({
 *   base: "Llama-2-7b-chat-hf",
 *   adapter: [{ path: "style.gguf", scale: 0.5 }, "facts"],
 *   output: "mine",
 * });
 * ```
 */
export async function mergeAdapter(options: MergeOptions): Promise<MergeResult> {
  const plan = checkOptions(options);
  if (!(await isFolder(options.base))) return mergeIntoGguf(plan);
  await mergeIntoFolder(plan);
  return { isOutputQ8: false };
}

function checkOptions({ adapter, scale = 1, ...options }: MergeOptions): MergePlan {
  const { type } = options;
  if (type !== undefined && !isFileType(type)) {
    throw badOption("type", type, `one of ${fileTypes.join(", ")}`);
  }
  const list = (Array.isArray(adapter) ? adapter : [adapter]) as readonly (
    | string
    | AdapterToMerge
  )[];
  if (list.length === 0) throw badOption("adapter", list, "one or more adapters");
  const adapters = list.map((one) => {
    const { path, scale: own = scale } = typeof one === "string" ? { path: one } : one;
    if (!Number.isFinite(own)) throw badOption("scale", own, "a finite number");
    return { path, scale: own };
  });
  return { ...options, adapters };
}
