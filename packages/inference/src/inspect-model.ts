import { resolve } from "node:path";
import { checkChoices, MOST_SEQUENCES } from "./check-load-options.ts";
import { checkModel } from "./check-model.ts";
import { evaluationDefaults } from "./evaluation-defaults.ts";
import { fileTypeName } from "./file-types.ts";
import { fitModel, type ModelFit } from "./fit-model.ts";
import { numberOf, stringOf } from "./gguf/header.ts";
import { type Engine, type GpuChoice, getEngine } from "./llama.ts";
import type { KvCacheType } from "./load-options.ts";
import { type MemoryNeed, reckonMemory } from "./memory-need.ts";
import { type ModelHeader, readModelHeader } from "./model-header.ts";
import { type ModelSizes, readSizes } from "./model-sizes.ts";
import { badParameter, readNumber, refuseUnknownOptions } from "./parameters.ts";
import { isLlama2Template } from "./prompt-encoder.ts";

/** What a model is to be loaded with: it decides about its memory. */
export interface InspectModelOptions {
  /** Tokens of a conversation. As many as the model was trained on by default. */
  readonly contextSize?: number | undefined;
  /** Conversations at once. 1 by default. */
  readonly sequences?: number | undefined;
  /** `"f16"` by default. */
  readonly kvCacheType?: KvCacheType | undefined;
  /** Where it is to run. `"auto"` by default. */
  readonly gpu?: GpuChoice | undefined;
}

/** What a model's file says, and what it takes to run it. */
export interface ModelInfo extends Omit<ModelSizes, "feedForwardSize" | "headSize"> {
  readonly path: string;
  /** The name that its maker gave it. */
  readonly name: string | undefined;
  /** `"llama"` for Llama 2, and for others that are built alike. */
  readonly architecture: string;
  /** How its weights are stored, such as `"Q4_K_M"`. */
  readonly quantization: string;
  readonly bitsPerWeight: number;
  /** How many weights it has. */
  readonly parameters: number;
  /** Whose chat template the file has: Llama 2's (or one of its family), another's, or none (a base model). */
  readonly chatTemplate: "llama2" | "other" | "none";
  /** Bytes of its file, or of all its files. */
  readonly fileBytes: number;
  /** How many files it is split into. */
  readonly files: number;
  /** Memory it takes with the context, sequences and cache that were asked for. */
  readonly memory: MemoryNeed;
  /** Whether this machine has that memory. */
  readonly fit: ModelFit;
}

/**
 * Tells what a model's file is, and whether it will run on this machine, from its header alone: a 70B takes no longer
 * than a small one, and no memory.
 *
 * @param file - path of a GGUF file; of a model in several files, the first
 * @throws InferenceError `BAD_PARAMETER`, `MODEL_NOT_FOUND`, `NOT_GGUF`, `MODEL_TRUNCATED` or `INVALID_MODEL`; and
 *   `GPU_UNAVAILABLE` where `gpu` names one that is not there
 *
 * @example
 * ```ts
 * const { quantization, memory, fit } = await inspectModel("llama-2-7b-chat.Q4_K_M.gguf");
 * console.log(quantization, memory.totalBytes / 2 ** 30, fit.gpu?.fits ?? fit.ram.fits);
 * ```
 */
export async function inspectModel(
  file: string,
  options: InspectModelOptions = {},
): Promise<ModelInfo> {
  checkOptions(file, options);
  const header = await readModelHeader(resolve(file));
  checkModel(header);
  const { feedForwardSize, headSize, ...sizes } = readSizes(header);
  const weights = countWeights(header);
  const engine = await findEngine(options.gpu ?? "auto");
  const { contextSize = sizes.contextSize, sequences = 1, kvCacheType = "f16" } = options;
  const memory = reckonMemory(
    { ...sizes, feedForwardSize, headSize },
    {
      ...{ weightsBytes: weights.bytes, contextSize, sequences, kvCacheType },
      ...evaluationDefaults(engine?.llama.gpu ?? false),
    },
  );
  return {
    path: header.path,
    name: stringOf(header, "general.name"),
    architecture: stringOf(header, "general.architecture") ?? "",
    quantization: quantizationOf(header),
    bitsPerWeight: (8 * weights.bytes) / weights.count,
    parameters: weights.count,
    chatTemplate: chatTemplateOf(header),
    fileBytes: header.fileBytes,
    files: header.files,
    ...sizes,
    memory,
    fit: await fitModel(header.path, { memory, tokens: contextSize * sequences }, engine),
  };
}

function checkOptions(file: unknown, options: InspectModelOptions): void {
  if (typeof file !== "string" || file === "") {
    throw badParameter("file", file, "the path of a GGUF file");
  }
  refuseUnknownOptions(options, ["contextSize", "sequences", "kvCacheType", "gpu"]);
  checkChoices(options);
  readNumber("contextSize", options.contextSize, { min: 8, integer: true }, 8);
  readNumber("sequences", options.sequences, { min: 1, max: MOST_SEQUENCES, integer: true }, 1);
}

/** llama.cpp for a choice of GPU; undefined where it has no binary for this platform. */
async function findEngine(gpu: GpuChoice): Promise<Engine | undefined> {
  try {
    return await getEngine(gpu);
  } catch (error) {
    if (gpu === "auto" || gpu === false) return undefined;
    throw error;
  }
}

function countWeights({ tensors }: ModelHeader): { count: number; bytes: number } {
  let [count, bytes] = [0, 0];
  for (const tensor of tensors.values()) {
    count += tensor.dimensions.reduce((product, size) => product * size, 1);
    bytes += tensor.bytes;
  }
  return { count, bytes };
}

/** What the file says; else the type that most of the weights have. */
function quantizationOf(header: ModelHeader): string {
  const named = fileTypeName(numberOf(header, "general.file_type"));
  if (named !== undefined) return named;
  const bytes = new Map<string, number>();
  for (const { type, bytes: size } of header.tensors.values()) {
    bytes.set(type.name, (bytes.get(type.name) ?? 0) + size);
  }
  return [...bytes].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "F32";
}

function chatTemplateOf(header: ModelHeader): ModelInfo["chatTemplate"] {
  const template = stringOf(header, "tokenizer.chat_template");
  if (template === undefined || template === "") return "none";
  return isLlama2Template(template) ? "llama2" : "other";
}
