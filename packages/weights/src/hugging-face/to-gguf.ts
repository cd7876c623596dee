import { castTensors } from "../convert/cast-tensors.ts";
import { badOption } from "../error.ts";
import { writeGguf } from "../gguf/write-gguf.ts";

import type { GptqReport } from "../gptq/unpack-gptq.ts";
import { avoidLibrary } from "../quantize/avoid-library.ts";
import { type FileType, fileTypeNumber, fileTypes, isFileType } from "../quantize/file-type.ts";
import { planTypes } from "../quantize/plan-types.ts";
import type { Metadata, MetadataValue } from "../tensors/metadata.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { TensorType } from "../tensors/tensor-type.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import { configToMetadata } from "./config-metadata.ts";
import { finishReport, type GptqLayer, listGptqLayers } from "./gptq-layers.ts";
import type { LlamaConfig } from "./llama-config.ts";
import { mapTensors } from "./map-tensors.ts";
import { openHuggingFace } from "./open-hugging-face.ts";
import type { TokenizerData } from "./tokenizer-data.ts";
import { tokenizerToMetadata } from "./tokenizer-metadata.ts";

/** What `huggingFaceToGguf` takes. */
export interface ToGgufOptions extends WriteOptions {
  /** The folder, with safetensors, `config.json`, and `tokenizer.model` or `tokenizer.json`. */
  readonly input: string;
  /** The GGUF file to write. */
  readonly output: string;
  /** What the model is to be, such as `F16`, `Q8_0` or `Q4_K_M`. By default matrices keep their types. */
  readonly type?: FileType | undefined;
  /** The folder with ggml's library, where a type needs it and it is not node-llama-cpp's. */
  readonly libDir?: string | undefined;
}

/** What came of a conversion into a GGUF. */
export interface ToGgufResult {
  /** The type of each tensor. */
  readonly types: ReadonlyMap<string, TensorType>;
  /** Of a GPTQ model, by the tensor's name there: what it became, and the error of that. */
  readonly report: ReadonlyMap<string, GptqReport>;
  /** Whether the output's matrix has 8 bits instead of 6, as ggml's library was not there to make them. */
  readonly isOutputQ8: boolean;
}

/**
 * Converts a Hugging Face folder with a Llama 2 into a GGUF: a plain one, or one quantised to 4 bits by GPTQ.
 *
 * Names, the order of rows of `q` and `k`, the tokenizer and the chat template come out as llama.cpp's own converter
 * has them. Norms become F32, as llama.cpp wants them. The output's matrix of a Q4_0 or Q4_1 has 6 bits, or 8 without
 * ggml's library.
 *
 * @param options - folder, output and type
 * @returns the types of the tensors, and what was lost of a GPTQ model
 * @throws WeightsError `NOT_FOUND`, `BAD_CONFIG`, `BAD_TOKENIZER`, `BAD_SAFETENSORS`, `BAD_TENSOR`, `UNSUPPORTED`,
 *   `MISSING_LIBRARY`, `OUTPUT_EXISTS` or `CANNOT_WRITE`
 * @example
 * ```ts
 * await huggingFaceToGguf({ input: "Llama-2-7b-chat-hf", output: "llama-2-7b-chat.Q8_0.gguf", type: "Q8_0" });
 * ```
 */
export async function huggingFaceToGguf(options: ToGgufOptions): Promise<ToGgufResult> {
  const { type } = options;
  if (type !== undefined && !isFileType(type)) {
    throw badOption("type", type, `one of ${fileTypes.join(", ")}`);
  }
  const { name, config, tokenizer, weights, report } = await openHuggingFace(options.input);
  try {
    const tensors = mapTensors(weights, config, config.isTied, "gguf");
    const layers = listGptqLayers(report, config);
    const written = await writeLlama({ name, config, tokenizer, tensors, layers }, options);
    return { ...written, report: finishReport(layers, written.types) };
  } finally {
    await weights.close();
  }
}

/** A Llama from elsewhere, with its tensors named and ordered as in a GGUF. */
export interface LlamaToWrite {
  readonly name: string;
  readonly config: LlamaConfig;
  readonly tokenizer: TokenizerData;
  readonly tensors: readonly TensorSource[];
  /** Those of the tensors that were packed by GPTQ, by name. */
  readonly layers?: ReadonlyMap<string, GptqLayer>;
}

/** Writes a Llama as a GGUF. */
export async function writeLlama(
  model: LlamaToWrite,
  options: WriteOptions & Pick<ToGgufOptions, "output" | "type" | "libDir">,
): Promise<Omit<ToGgufResult, "report">> {
  const { type, libDir } = options;
  const planned = planLlama(model, type);
  const isOutputQ8 = type !== undefined && (await avoidLibrary(planned, type, libDir));
  const tensors = await castTensors(model.tensors, {
    typeOf: (tensor) => planned.get(tensor.name) ?? tensor.type,
    lossOf: ({ name }) => model.layers?.get(name)?.loss,
    libDir,
  });
  const metadata = describeLlama(model, chooseFileType(model, tensors, type));
  await writeGguf(options.output, { metadata, tensors }, options);
  return { types: new Map(tensors.map(({ name, type }) => [name, type])), isOutputQ8 };
}

/** The type of each tensor: vectors in F32, matrices as asked for; those that are quantised already are not quantised anew. */
function planLlama(model: LlamaToWrite, fileType: FileType | undefined): Map<string, TensorType> {
  const tensors = new Map(model.tensors.map((tensor) => [tensor.name, tensor]));
  const metadata = new Map(configToMetadata(model.config));
  const planned = fileType === undefined ? undefined : planTypes({ metadata, tensors }, fileType);
  const types = new Map<string, TensorType>();
  for (const { name, shape, type } of model.tensors) {
    const isKept = isQuantised(type) && (fileType === undefined || isQuantised(fileType));
    types.set(name, shape.length < 2 ? "F32" : isKept ? type : (planned?.get(name) ?? type));
  }
  return types;
}

function isQuantised(type: string): boolean {
  return !["F64", "F32", "F16", "BF16"].includes(type);
}

/** The type that was asked for, unless matrices that were quantised already are of another. */
function chooseFileType(
  model: LlamaToWrite,
  tensors: readonly TensorSource[],
  asked: FileType | undefined,
): FileType {
  const isMixed = model.tensors.some(({ type }) => isQuantised(type));
  if (asked === undefined || (isMixed && isQuantised(asked))) return guessFileType(tensors);
  return asked;
}

/** The model's type by that of its largest tensors. */
function guessFileType(tensors: readonly TensorSource[]): FileType {
  const bytes = new Map<TensorType, number>();
  for (const { type, byteLength } of tensors) bytes.set(type, (bytes.get(type) ?? 0) + byteLength);
  const [most = "F16"] = [...bytes].sort((a, b) => b[1] - a[1])[0] ?? [];
  return isFileType(most) ? most : "F16";
}

function describeLlama({ name, config, tokenizer }: LlamaToWrite, fileType: FileType): Metadata {
  return new Map<string, MetadataValue>([
    ["general.architecture", { type: "string", value: "llama" }],
    ["general.type", { type: "string", value: "model" }],
    ["general.name", { type: "string", value: name }],
    ...configToMetadata(config),
    ["general.file_type", { type: "u32", value: fileTypeNumber(fileType) }],
    ...tokenizerToMetadata(tokenizer),
    ["general.quantization_version", { type: "u32", value: 2 }],
  ]);
}
