import { type Metadata, metadataNumber, metadataText } from "../tensors/metadata.ts";
import { rowsAndColumns, type TensorSource } from "../tensors/tensor-source.ts";
import { layoutOf, type TensorType } from "../tensors/tensor-type.ts";
import type { CodecType } from "./codecs.ts";
import { baseType, type FileType } from "./file-type.ts";

/** What the choice of types looks at. */
export interface PlannedModel {
  readonly metadata: Metadata;
  readonly tensors: ReadonlyMap<string, TensorSource>;
}

/**
 * The type that each tensor of a Llama gets when the model is quantised, chosen as llama-quantize does: norms and other
 * vectors stay as they are, the output gets 6 or 8 bits, and the M and L mixtures give more to the values' projection
 * and to `ffn_down`, above all in the first and last layers.
 *
 * Source: `llama_tensor_get_type` in ggml-org/llama.cpp, `src/llama-quant.cpp`.
 *
 * @param model - metadata and tensors of the model, in the order of the file
 * @param fileType - what the whole is to be
 * @returns the new type of each tensor, by name
 */
export function planTypes(model: PlannedModel, fileType: FileType): Map<string, TensorType> {
  const facts = readFacts(model);
  const types = new Map<string, TensorType>();
  for (const tensor of model.tensors.values()) {
    types.set(tensor.name, isQuantised(tensor) ? chooseType(tensor, fileType, facts) : tensor.type);
  }
  return types;
}

/**
 * Puts tensors into the order that llama-quantize writes: those of no layer, then layer by layer, and in each by name.
 *
 * Source: `weight_name_comparer` in ggml-org/llama.cpp, `src/llama-model-loader.h`.
 */
export function sortTensors(tensors: Iterable<TensorSource>): TensorSource[] {
  return [...tensors].sort((a, b) => {
    const [first, second] = [layerOf(a.name) ?? -1, layerOf(b.name) ?? -1];
    if (first !== second) return first - second;
    return a.name < b.name ? -1 : 1;
  });
}

function layerOf(name: string): number | undefined {
  const digits = /^blk\.(\d+)\./.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function isQuantised({ name, shape }: TensorSource): boolean {
  // Sizes of one at the outer end do not make a matrix, in ggml's count of dimensions.
  const isMatrix = shape.slice(0, -1).some((size) => size > 1);
  return isMatrix && name.endsWith("weight") && !name.includes("_norm.weight");
}

/** What the mixtures depend on beside a tensor's name. */
interface Facts {
  readonly isTied: boolean;
  /** Heads of queries for each head of keys. */
  readonly queriesPerKey: number;
  readonly is70B: boolean;
  /** How many tensors of each role there are. */
  readonly counts: { readonly v: number; readonly down: number };
}

function readFacts({ metadata, tensors }: PlannedModel): Facts {
  const architecture = metadataText(metadata, "general.architecture") ?? "llama";
  const number = (key: string) => metadataNumber(metadata, `${architecture}.${key}`);
  const heads = number("attention.head_count") ?? 1;
  const queriesPerKey = Math.floor(heads / (number("attention.head_count_kv") ?? heads));
  const names = [...tensors.keys()];
  return {
    isTied: !tensors.has("output.weight"),
    queriesPerKey,
    is70B: number("block_count") === 80 && queriesPerKey !== 1,
    counts: {
      v: names.filter((name) => name.includes("attn_v.weight")).length,
      down: names.filter((name) => name.includes("ffn_down.weight")).length,
    },
  };
}

function chooseType(tensor: TensorSource, fileType: FileType, facts: Facts): TensorType {
  const base = baseType(fileType);
  if (base === "F32" || base === "F16" || base === "BF16") return base;
  const { columns } = rowsAndColumns(tensor.shape);
  return fitColumns(mixedType(tensor.name, columns, fileType, facts), columns);
}

function mixedType(name: string, columns: number, fileType: FileType, facts: Facts): CodecType {
  const base = baseType(fileType);
  if (name === "output.weight" || (facts.isTied && name === "token_embd.weight")) {
    return base === "Q8_0" || columns % layoutOf(base).values !== 0 ? "Q8_0" : "Q6_K";
  }
  const layer = layerOf(name) ?? 0;
  if (name.includes("attn_v.weight")) return typeOfValues(fileType, layer, facts);
  if (name.includes("ffn_down")) return typeOfDown(fileType, layer, facts.counts.down);
  if (name.includes("attn_output.weight")) return TYPES_OF_ATTENTION_OUTPUT[fileType] ?? base;
  return base;
}

function typeOfValues(fileType: FileType, layer: number, facts: Facts): CodecType {
  const type = typeOfValuesBelow70B(fileType, layer, facts);
  // Eight heads of queries share a head of values there, so more bits for these cost little.
  return facts.is70B && (type === "Q3_K" || type === "Q4_K") ? "Q5_K" : type;
}

function typeOfValuesBelow70B(fileType: FileType, layer: number, facts: Facts): CodecType {
  const { queriesPerKey, counts } = facts;
  switch (fileType) {
    case "Q2_K":
      return queriesPerKey >= 4 ? "Q4_K" : "Q3_K";
    case "Q3_K_M":
      return layer < 2 ? "Q5_K" : "Q4_K";
    case "Q3_K_L":
      return "Q5_K";
    case "Q4_K_S":
      return layer < 4 ? "Q5_K" : "Q4_K";
    case "Q4_K_M":
    case "Q5_K_M":
      return deservesMore(layer, counts.v) ? "Q6_K" : baseType(fileType);
    default:
      return baseType(fileType);
  }
}

function typeOfDown(fileType: FileType, layer: number, layers: number): CodecType {
  const isFirstEighth = layer < Math.floor(layers / 8);
  switch (fileType) {
    case "Q2_K":
      return "Q3_K";
    case "Q3_K_M":
      return layer < Math.floor(layers / 16) ? "Q5_K" : "Q4_K";
    case "Q3_K_L":
      return "Q5_K";
    case "Q4_K_S":
      return isFirstEighth ? "Q5_K" : "Q4_K";
    case "Q4_K_M":
    case "Q5_K_M":
      return deservesMore(layer, layers) ? "Q6_K" : baseType(fileType);
    default:
      return baseType(fileType);
  }
}

/** The first and the last eighth of the layers, and every third between. */
function deservesMore(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  return layer < eighth || layer >= Math.floor((7 * layers) / 8) || (layer - eighth) % 3 === 2;
}

const TYPES_OF_ATTENTION_OUTPUT: Partial<Record<FileType, CodecType>> = {
  Q2_K: "Q3_K",
  Q3_K_M: "Q4_K",
  Q3_K_L: "Q5_K",
};

const SMALLER_BLOCKS: Partial<Record<CodecType, CodecType>> = {
  Q2_K: "Q4_0",
  Q3_K: "Q4_0",
  Q4_K: "Q5_0",
  Q5_K: "Q5_1",
  Q6_K: "Q8_0",
};

/** The type itself where a row is whole blocks of it, otherwise one with smaller blocks, and without blocks at last. */
function fitColumns(type: CodecType, columns: number): CodecType {
  if (columns % layoutOf(type).values === 0) return type;
  const smaller = SMALLER_BLOCKS[type];
  return smaller === undefined ? "F16" : fitColumns(smaller, columns);
}
