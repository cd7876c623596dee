import { tensorType } from "../src/gguf/tensor-types.ts";
import type { TestFile, TestTensor } from "./gguf-file.ts";
import { tinyLlama } from "./tiny-llama.ts";

/** Sizes of a Llama 2. */
export interface LlamaSizes {
  readonly layers: number;
  readonly embedding: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly feedForward: number;
}

/** The sizes that Meta published. */
export const LLAMA_2_7B: LlamaSizes = {
  ...{ layers: 32, embedding: 4096, heads: 32, kvHeads: 32, feedForward: 11_008 },
};
export const LLAMA_2_70B: LlamaSizes = {
  ...{ layers: 80, embedding: 8192, heads: 64, kvHeads: 8, feedForward: 28_672 },
};

const VOCABULARY = 32_000;

/** A Llama 2's file, in Q4_0 but for the output, without its weights. */
export function largeLlama(sizes: LlamaSizes): TestFile {
  const { layers, embedding, heads, kvHeads, feedForward } = sizes;
  const { metadata } = tinyLlama();
  const ids = Array.from({ length: VOCABULARY }, (_, id) => id);
  return {
    metadata: {
      ...metadata,
      "general.name": ["string", "LLaMA v2"],
      "general.file_type": ["u32", 2],
      "llama.context_length": ["u32", 4096],
      "llama.embedding_length": ["u32", embedding],
      "llama.block_count": ["u32", layers],
      "llama.feed_forward_length": ["u32", feedForward],
      "llama.attention.head_count": ["u32", heads],
      "llama.attention.head_count_kv": ["u32", kvHeads],
      "llama.rope.dimension_count": ["u32", embedding / heads],
      "tokenizer.ggml.tokens": ["array", "string", ids.map((id) => `<${id}>`)],
      "tokenizer.ggml.scores": ["array", "f32", ids],
      "tokenizer.ggml.token_type": ["array", "i32", ids.map(() => 1)],
    },
    tensors: tensorsOf(sizes),
  };
}

function tensorsOf({ layers, embedding, heads, kvHeads, feedForward }: LlamaSizes): TestTensor[] {
  const kv = (embedding / heads) * kvHeads;
  const matrix = (name: string, row: number, rows: number, type = 2): TestTensor => {
    const { values = 1, bytes = 1 } = tensorType(type) ?? {};
    return {
      name,
      dimensions: [row, rows],
      type,
      data: { byteLength: ((row * rows) / values) * bytes },
    };
  };
  const norm = (name: string): TestTensor => ({
    name,
    dimensions: [embedding],
    data: { byteLength: 4 * embedding },
  });
  const layer = (index: number) => [
    norm(`blk.${index}.attn_norm.weight`),
    matrix(`blk.${index}.attn_q.weight`, embedding, embedding),
    matrix(`blk.${index}.attn_k.weight`, embedding, kv),
    matrix(`blk.${index}.attn_v.weight`, embedding, kv),
    matrix(`blk.${index}.attn_output.weight`, embedding, embedding),
    norm(`blk.${index}.ffn_norm.weight`),
    matrix(`blk.${index}.ffn_gate.weight`, embedding, feedForward),
    matrix(`blk.${index}.ffn_up.weight`, embedding, feedForward),
    matrix(`blk.${index}.ffn_down.weight`, feedForward, embedding),
  ];
  return [
    matrix("token_embd.weight", embedding, VOCABULARY),
    ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
    norm("output_norm.weight"),
    matrix("output.weight", embedding, VOCABULARY, 14),
  ];
}
