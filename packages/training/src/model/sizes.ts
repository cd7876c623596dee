import {
  type Metadata,
  type ModelWeights,
  metadataNumber,
  metadataText,
} from "@llama2-kit/weights";
import { TrainingError } from "../error.ts";

/** A Llama's sizes, with what else its computing depends on. */
export interface ModelSizes {
  readonly layers: number;
  /** Width of the residual stream. */
  readonly width: number;
  readonly heads: number;
  /** Heads of keys and values, each shared by as many heads of queries. */
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly feedForwardWidth: number;
  readonly vocabulary: number;
  readonly contextLength: number;
  readonly normEpsilon: number;
  readonly ropeBase: number;
  /** Positions are multiplied by it: below 1 in models of a stretched context. */
  readonly ropeScale: number;
  /** Whether the embeddings are the output matrix as well. */
  readonly tied: boolean;
}

/**
 * Reads a GGUF's sizes.
 *
 * @throws TrainingError `UNSUPPORTED_MODEL`
 */
export function readSizes({ metadata, tensors }: ModelWeights): ModelSizes {
  const architecture = metadataText(metadata, "general.architecture");
  if (architecture !== "llama") {
    throw unsupported(
      `its architecture is ${JSON.stringify(architecture)}, and only llama's is known`,
    );
  }
  const number = (key: string, otherwise?: number) => readNumber(metadata, key, otherwise);
  const width = number("embedding_length");
  const heads = number("attention.head_count");
  const sizes: ModelSizes = {
    layers: number("block_count"),
    width,
    heads,
    keyValueHeads: number("attention.head_count_kv", heads),
    headWidth: number("attention.key_length", width / heads),
    feedForwardWidth: number("feed_forward_length"),
    vocabulary: tensors.get("token_embd.weight")?.shape[0] ?? 0,
    contextLength: number("context_length"),
    normEpsilon: number("attention.layer_norm_rms_epsilon"),
    ropeBase: number("rope.freq_base", 10000),
    ropeScale: 1 / readRopeStretch(metadata),
    tied: !tensors.has("output.weight"),
  };
  refuseOthers(sizes, tensors);
  return sizes;
}

function readNumber(metadata: Metadata, key: string, otherwise?: number): number {
  const value = metadataNumber(metadata, `llama.${key}`) ?? otherwise;
  if (value !== undefined && Number.isFinite(value) && value > 0) return value;
  throw unsupported(`its llama.${key} is ${value ?? "missing"}`);
}

function readRopeStretch(metadata: Metadata): number {
  const type = metadataText(metadata, "llama.rope.scaling.type") ?? "none";
  if (type === "none") return 1;
  if (type === "linear") return readNumber(metadata, "rope.scaling.factor", 1);
  throw unsupported(`its positions are scaled by ${type}, and only linear scaling is known`);
}

function refuseOthers(sizes: ModelSizes, tensors: ModelWeights["tensors"]): void {
  const { headWidth, heads, keyValueHeads, width } = sizes;
  if (headWidth * heads !== width || heads % keyValueHeads !== 0 || headWidth % 2 !== 0) {
    throw unsupported(`its ${heads} heads of ${headWidth} do not make up its width of ${width}`);
  }
  if (tensors.has("rope_freqs.weight")) throw unsupported("it has frequencies of its own for RoPE");
  for (const name of requiredTensors(sizes)) {
    if (!tensors.has(name)) throw unsupported(`${name} is missing`);
  }
}

/** The linear layers of a block, by what a GGUF calls them and PEFT. */
export const LINEARS = {
  q_proj: "attn_q",
  k_proj: "attn_k",
  v_proj: "attn_v",
  o_proj: "attn_output",
  gate_proj: "ffn_gate",
  up_proj: "ffn_up",
  down_proj: "ffn_down",
} as const;

/** A linear layer by PEFT's name. */
export type LinearName = keyof typeof LINEARS;

/** Names of the tensors that a model of these sizes has. */
export function requiredTensors({ layers, tied }: ModelSizes): string[] {
  const names = ["token_embd.weight"];
  for (let layer = 0; layer < layers; layer++) {
    for (const part of ["attn_norm", "ffn_norm", ...Object.values(LINEARS)]) {
      names.push(`blk.${layer}.${part}.weight`);
    }
  }
  names.push("output_norm.weight");
  if (!tied) names.push("output.weight");
  return names;
}

/** The shape `[in, out]` of a tensor, innermost first as ggml has it. */
export function shapeOfTensor(sizes: ModelSizes, name: string): [number, number] {
  const { width, feedForwardWidth, vocabulary, headWidth, keyValueHeads, heads } = sizes;
  const { part } = /^(?:blk\.\d+\.)?(?<part>\w+)\.weight$/.exec(name)?.groups ?? {};
  switch (part) {
    case "token_embd":
    case "output":
      return [width, vocabulary];
    case "attn_q":
      return [width, headWidth * heads];
    case "attn_k":
    case "attn_v":
      return [width, headWidth * keyValueHeads];
    case "attn_output":
      return [headWidth * heads, width];
    case "ffn_gate":
    case "ffn_up":
      return [width, feedForwardWidth];
    case "ffn_down":
      return [feedForwardWidth, width];
    default:
      return [width, 1];
  }
}

function unsupported(problem: string): TrainingError {
  return new TrainingError("UNSUPPORTED_MODEL", `This model cannot be trained: ${problem}.`);
}
