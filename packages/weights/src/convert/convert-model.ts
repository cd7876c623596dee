import { badOption, WeightsError } from "../error.ts";
import { openGguf } from "../gguf/open-gguf.ts";
import { writeGguf } from "../gguf/write-gguf.ts";
import { ggufToHuggingFace } from "../hugging-face/from-gguf.ts";
import { huggingFaceToGguf, type ToGgufResult } from "../hugging-face/to-gguf.ts";
import type { FloatType } from "../hugging-face/write-config.ts";
import { llama2cToGguf } from "../llama2c/to-gguf.ts";
import type { FileType } from "../quantize/file-type.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import { detectFormat, type ModelFormat } from "./detect-format.ts";

/** What `convertModel` takes. */
export interface ConvertOptions extends WriteOptions {
  /** A Hugging Face folder, a GGUF, or a llama2.c checkpoint. */
  readonly input: string;
  /** A name that ends with `.gguf` for a GGUF, any other for a Hugging Face folder. */
  readonly output: string;
  /** The type of the result; by default that of the input. A Hugging Face folder takes F32, F16 or BF16. */
  readonly type?: FileType | undefined;
  /** The tokenizer of a llama2.c checkpoint. */
  readonly tokenizer?: string | undefined;
  /** Bytes of a safetensors file at most; 5 GB by default. */
  readonly shardBytes?: number | undefined;
  /** The folder with ggml's library, where a type needs it and it is not node-llama-cpp's. */
  readonly libDir?: string | undefined;
}

/**
 * Converts a model into the other format: a Hugging Face folder (also one of GPTQ) or a llama2.c checkpoint into a
 * GGUF, a GGUF into a Hugging Face folder. A GGUF that is split into several files can be made one.
 *
 * @param options - input, output and type
 * @returns the types of the tensors of a new GGUF, and what was lost of a GPTQ model
 * @throws WeightsError of whichever conversion it is
 * @example
 * ```ts
 * await convertModel({ input: "Llama-2-7b-chat-hf", output: "llama-2-7b-chat.F16.gguf" });
 * ```
 */
export async function convertModel(options: ConvertOptions): Promise<ToGgufResult> {
  const { input, output, type } = options;
  const format = await detectFormat(input);
  if (output.endsWith(".gguf")) return convertToGguf(format, options);
  if (format !== "gguf") {
    throw badOption("output", output, "a name that ends with .gguf, as the input is no GGUF");
  }
  await ggufToHuggingFace({ ...options, type: type as FloatType | undefined });
  return { types: new Map(), report: new Map(), isOutputQ8: false };
}

async function convertToGguf(format: ModelFormat, options: ConvertOptions): Promise<ToGgufResult> {
  if (format === "folder") return huggingFaceToGguf(options);
  if (format === "llama2c") return llama2cToGguf(options);
  if (format === "gguf") return joinGguf(options);
  const message = `${options.input} is one file of a model. Give its folder, which has the configuration and the tokenizer too.`;
  throw new WeightsError("UNSUPPORTED", message, { path: options.input });
}

/** Writes a GGUF anew: the same, but as one file. */
async function joinGguf(options: ConvertOptions): Promise<ToGgufResult> {
  if (options.type !== undefined)
    throw badOption("type", options.type, "absent from GGUF to GGUF: use quantizeModel");
  const model = await openGguf(options.input);
  try {
    const { metadata, tensors } = model;
    await writeGguf(options.output, { metadata, tensors: tensors.values() }, options);
    return {
      types: new Map([...tensors.values()].map(({ name, type }) => [name, type])),
      report: new Map(),
      isOutputQ8: false,
    };
  } finally {
    await model.close();
  }
}
