import { writeGguf } from "../../src/gguf/write-gguf.ts";
import { loadEncoder } from "../../src/quantize/codecs.ts";
import { type FileType, fileTypeNumber } from "../../src/quantize/file-type.ts";
import { recodeTensor } from "../../src/quantize/recode-tensor.ts";
import type { MetadataValue } from "../../src/tensors/metadata.ts";
import { memoryTensor, type TensorSource } from "../../src/tensors/tensor-source.ts";
import { createRandom, normalNumbers } from "./random.ts";

/** Sizes of a Llama. */
export interface LlamaSizes {
  readonly embedding: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly feedForward: number;
  readonly layers: number;
  /** Whether the output uses the embeddings. */
  readonly isTied?: boolean;
}

/** As small as a Llama gets. */
export const TINY: LlamaSizes = { embedding: 64, heads: 2, kvHeads: 1, feedForward: 96, layers: 2 };

/** The vocabulary: Llama 2's special tokens and bytes, a space, and letters. */
function pieces(): string[] {
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
  );
  return ["<unk>", "<s>", "</s>", ...bytes, ...Array.from("▁abcdefghijklmnopqrstuvwxyz.,!?")];
}

export const VOCABULARY: number = pieces().length;

const text = (value: string): MetadataValue => ({ type: "string", value });
const u32 = (value: number): MetadataValue => ({ type: "u32", value });

export function llamaMetadata(
  sizes: LlamaSizes,
  fileType: FileType = "F32",
): Map<string, MetadataValue> {
  const vocabulary = pieces();
  const types = vocabulary.map((_, id) => (id === 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1));
  const scores = vocabulary.map((_, id) => -id);
  return new Map<string, MetadataValue>([
    ["general.architecture", text("llama")],
    ["general.name", text("made")],
    ["general.type", text("model")],
    ["general.file_type", u32(fileTypeNumber(fileType))],
    ["llama.context_length", u32(64)],
    ["llama.embedding_length", u32(sizes.embedding)],
    ["llama.block_count", u32(sizes.layers)],
    ["llama.feed_forward_length", u32(sizes.feedForward)],
    ["llama.attention.head_count", u32(sizes.heads)],
    ["llama.attention.head_count_kv", u32(sizes.kvHeads)],
    ["llama.attention.layer_norm_rms_epsilon", { type: "f32", value: 1e-5 }],
    ["llama.rope.dimension_count", u32(sizes.embedding / sizes.heads)],
    ["tokenizer.ggml.model", text("llama")],
    ["tokenizer.ggml.tokens", { type: "array", elements: "string", value: vocabulary }],
    ["tokenizer.ggml.scores", { type: "array", elements: "f32", value: Float32Array.from(scores) }],
    [
      "tokenizer.ggml.token_type",
      { type: "array", elements: "i32", value: Int32Array.from(types) },
    ],
    ["tokenizer.ggml.bos_token_id", u32(1)],
    ["tokenizer.ggml.eos_token_id", u32(2)],
    ["tokenizer.ggml.unknown_token_id", u32(0)],
  ]);
}

/** A tensor of F32 values. */
export function tensorOf(
  name: string,
  shape: readonly number[],
  values: Float32Array,
): TensorSource {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return memoryTensor({ name, shape, type: "F32", bytes });
}

/** A Llama's tensors with random weights, in the order of llama.cpp's converter. */
export function llamaTensors(sizes: LlamaSizes, seed = 1): TensorSource[] {
  const { embedding, feedForward, layers, heads, kvHeads } = sizes;
  const kv = (embedding / heads) * kvHeads;
  const random = createRandom(seed);
  const matrix = (name: string, rows: number, columns: number) => {
    const values = normalNumbers(rows * columns, 1 / Math.sqrt(columns), random);
    return tensorOf(`${name}.weight`, [rows, columns], values);
  };
  const norm = (name: string) =>
    tensorOf(`${name}.weight`, [embedding], new Float32Array(embedding).fill(1));
  const layer = (name: string) => [
    norm(`${name}.attn_norm`),
    matrix(`${name}.ffn_down`, embedding, feedForward),
    matrix(`${name}.ffn_gate`, feedForward, embedding),
    matrix(`${name}.ffn_up`, feedForward, embedding),
    norm(`${name}.ffn_norm`),
    matrix(`${name}.attn_k`, kv, embedding),
    matrix(`${name}.attn_output`, embedding, embedding),
    matrix(`${name}.attn_q`, embedding, embedding),
    matrix(`${name}.attn_v`, kv, embedding),
  ];
  return [
    ...(sizes.isTied ? [] : [matrix("output", VOCABULARY, embedding)]),
    matrix("token_embd", VOCABULARY, embedding),
    ...Array.from({ length: layers }, (_, index) => layer(`blk.${index}`)).flat(),
    norm("output_norm"),
  ];
}

/** Writes a random Llama; matrices are of the given type. */
export async function writeLlama(
  path: string,
  sizes: LlamaSizes = TINY,
  type: "F32" | "F16" | "BF16" | "Q8_0" | "Q4_0" = "F32",
): Promise<string> {
  const encode = await loadEncoder(type);
  const tensors = llamaTensors(sizes).map((tensor) =>
    tensor.shape.length > 1 && type !== "F32" ? recodeTensor(tensor, { type, encode }) : tensor,
  );
  await writeGguf(path, { metadata: llamaMetadata(sizes, type), tensors }, { overwrite: true });
  return path;
}
