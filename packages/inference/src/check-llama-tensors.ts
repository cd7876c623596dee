import { type GgufTensor, numberOf } from "./gguf/header.ts";
import { invalidModel, type ModelHeader, readSize } from "./model-header.ts";

/** Types of weights that llama.cpp computes with; with the others it ends the process. */
const NO_WEIGHTS = ["Q8_1", "Q8_K", "I8", "I16", "I32", "I64", "F64"];

/** `LLAMA_MAX_EXPERTS` of llama.cpp, which ends the process where a file has more. */
const MOST_EXPERTS = 1024;

/**
 * Checks that a file of the architecture `llama` has the tensors that its sizes ask for.
 *
 * @throws InferenceError `INVALID_MODEL`
 */
export function checkLlamaTensors(header: ModelHeader): void {
  const { metadata } = header;
  // Some models of this architecture give each layer sizes of its own; those are left to llama.cpp.
  if ([...metadata].some(([key, { type }]) => key.startsWith("llama.") && type === "array")) return;
  const epsilon = numberOf(header, "llama.attention.layer_norm_rms_epsilon");
  if (epsilon === undefined) {
    throw invalidModel(header.path, "its llama.attention.layer_norm_rms_epsilon is missing");
  }
  checkExperts(header);
  for (const [name, ...shape] of neededTensors(header)) checkTensor(header, name, shape);
  for (const tensor of header.tensors.values()) {
    if (!NO_WEIGHTS.includes(tensor.type.name)) continue;
    throw invalidModel(
      header.path,
      `tensor ${tensor.name} is of type ${tensor.type.name}, which weights cannot have`,
    );
  }
}

function checkExperts(header: ModelHeader): void {
  const count = numberOf(header, "llama.expert_count") ?? 0;
  const used = numberOf(header, "llama.expert_used_count") ?? 0;
  const isFine = count === 0 ? used === 0 : used >= 1 && used <= count && count <= MOST_EXPERTS;
  if (isFine) return;
  throw invalidModel(header.path, `it uses ${used} of ${count} experts (llama.expert_count)`);
}

type NeededTensor = readonly [name: string, ...shape: number[]];

function neededTensors(header: ModelHeader): NeededTensor[] {
  const embedding = readSize(header, "llama.embedding_length");
  const vocabulary = vocabularySize(header);
  const layers = readSize(header, "llama.block_count");
  return [
    ["token_embd.weight", embedding, vocabulary],
    ["output_norm.weight", embedding],
    ...optional(header, ["output.weight", embedding, vocabulary]),
    ...Array.from({ length: layers }, (_, layer) => layerTensors(header, layer, embedding)).flat(),
  ];
}

function layerTensors(header: ModelHeader, layer: number, embedding: number): NeededTensor[] {
  const { queries, keys } = readHeads(header, embedding);
  const name = (part: string) => `blk.${layer}.${part}.weight`;
  const fused: NeededTensor = [name("attn_qkv"), embedding, queries + 2 * keys];
  const attention: NeededTensor[] = header.tensors.has(fused[0])
    ? [fused]
    : [
        [name("attn_q"), embedding, queries],
        [name("attn_k"), embedding, keys],
        [name("attn_v"), embedding, keys],
      ];
  return [
    [name("attn_norm"), embedding],
    ...attention,
    [name("attn_output"), queries, embedding],
    [name("ffn_norm"), embedding],
    ...feedForward(header, name, embedding),
  ];
}

function feedForward(
  header: ModelHeader,
  name: (part: string) => string,
  embedding: number,
): NeededTensor[] {
  if (numberOf(header, "llama.expert_count")) return [];
  const size = readSize(header, "llama.feed_forward_length");
  return [
    [name("ffn_gate"), embedding, size],
    [name("ffn_up"), embedding, size],
    [name("ffn_down"), size, embedding],
  ];
}

/** Sizes of a token's queries and of its keys, of all heads together. */
function readHeads(header: ModelHeader, embedding: number): { queries: number; keys: number } {
  const { path, metadata } = header;
  const heads = readSize(header, "llama.attention.head_count");
  const keyHeads = metadata.has("llama.attention.head_count_kv")
    ? readSize(header, "llama.attention.head_count_kv")
    : heads;
  if (heads % keyHeads !== 0) {
    const key = "llama.attention.head_count_kv";
    throw invalidModel(path, `its ${key} is ${keyHeads}, which does not divide its ${heads} heads`);
  }
  const headSize = numberOf(header, "llama.attention.key_length") ?? embedding / heads;
  if (!Number.isInteger(headSize) || headSize < 1) {
    const key = "llama.attention.head_count";
    throw invalidModel(path, `its ${key} is ${heads}, which does not divide ${embedding}`);
  }
  for (const key of ["llama.attention.value_length", "llama.rope.dimension_count"]) {
    const size = numberOf(header, key) ?? headSize;
    if (size === headSize) continue;
    throw invalidModel(path, `its ${key} is ${size}, and its heads have ${headSize} values`);
  }
  return { queries: heads * headSize, keys: keyHeads * headSize };
}

function vocabularySize({ path, metadata }: ModelHeader): number {
  const tokens = metadata.get("tokenizer.ggml.tokens");
  if (tokens?.type === "array") return tokens.length;
  throw invalidModel(path, "it has no vocabulary (tokenizer.ggml.tokens)");
}

function optional({ tensors }: ModelHeader, tensor: NeededTensor): NeededTensor[] {
  return tensors.has(tensor[0]) ? [tensor] : [];
}

function checkTensor({ path, tensors }: ModelHeader, name: string, shape: readonly number[]): void {
  const tensor = tensors.get(name);
  if (!tensor) throw invalidModel(path, `it has no tensor ${name}`);
  if (shapeOf(tensor) !== shape.join("x")) {
    const reason = `tensor ${name} is ${shapeOf(tensor)}, where ${shape.join("x")} fits the rest`;
    throw invalidModel(path, reason);
  }
  // llama.cpp ends the process where a norm is of any other type.
  if (shape.length === 1 && tensor.type.name !== "F32") {
    throw invalidModel(path, `tensor ${name} is of type ${tensor.type.name}, and must be F32`);
  }
}

/** A tensor's shape for messages and comparison: without the ones at its end, which mean nothing. */
export function shapeOf({ dimensions }: GgufTensor): string {
  const length = dimensions.findLastIndex((dimension) => dimension !== 1) + 1;
  return dimensions.slice(0, Math.max(length, 1)).join("x");
}
