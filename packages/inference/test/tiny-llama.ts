import type { MetadataValue, TestFile, TestTensor } from "./gguf-file.ts";

/** Sizes of {@link tinyLlama}. */
export const TINY = {
  embedding: 64,
  heads: 2,
  kvHeads: 1,
  feedForward: 96,
  layers: 2,
  context: 64,
  vocabulary: 290,
} as const;

/** The vocabulary: Llama 2's special tokens and bytes, a space, and letters. */
function pieces(): string[] {
  const bytes = Array.from(
    { length: 256 },
    (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
  );
  const letters = Array.from("▁abcdefghijklmnopqrstuvwxyz.,!?");
  return ["<unk>", "<s>", "</s>", ...bytes, ...letters];
}

/** A Llama with random weights, in 0.4 MB: what it says is noise, but it loads and runs in no time. */
export function tinyLlama(): TestFile & { readonly metadata: Record<string, MetadataValue> } {
  const vocabulary = pieces();
  const types = vocabulary.map((_, id) => (id === 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1));
  return {
    metadata: {
      "general.architecture": ["string", "llama"],
      "general.name": ["string", "tiny"],
      "general.type": ["string", "model"],
      "general.file_type": ["u32", 0],
      "llama.context_length": ["u32", TINY.context],
      "llama.embedding_length": ["u32", TINY.embedding],
      "llama.block_count": ["u32", TINY.layers],
      "llama.feed_forward_length": ["u32", TINY.feedForward],
      "llama.attention.head_count": ["u32", TINY.heads],
      "llama.attention.head_count_kv": ["u32", TINY.kvHeads],
      "llama.attention.layer_norm_rms_epsilon": ["f32", 1e-5],
      "llama.rope.dimension_count": ["u32", TINY.embedding / TINY.heads],
      "tokenizer.ggml.model": ["string", "llama"],
      "tokenizer.ggml.tokens": ["array", "string", vocabulary],
      "tokenizer.ggml.scores": ["array", "f32", vocabulary.map((_, id) => -id)],
      "tokenizer.ggml.token_type": ["array", "i32", types],
      "tokenizer.ggml.bos_token_id": ["u32", 1],
      "tokenizer.ggml.eos_token_id": ["u32", 2],
      "tokenizer.ggml.unknown_token_id": ["u32", 0],
    },
    tensors: tinyTensors(),
  };
}

function tinyTensors(): TestTensor[] {
  const { embedding, feedForward, layers, heads, kvHeads, vocabulary } = TINY;
  const kv = (embedding / heads) * kvHeads;
  const random = createRandom(1);
  const matrix = (name: string, row: number, rows: number): TestTensor => ({
    name,
    dimensions: [row, rows],
    data: Float32Array.from({ length: row * rows }, () => (random() - 0.5) / 4),
  });
  const norm = (name: string): TestTensor => ({
    name,
    dimensions: [embedding],
    data: new Float32Array(embedding).fill(1),
  });
  const layer = (index: number) => [
    norm(`blk.${index}.attn_norm.weight`),
    norm(`blk.${index}.ffn_norm.weight`),
    matrix(`blk.${index}.attn_q.weight`, embedding, embedding),
    matrix(`blk.${index}.attn_k.weight`, embedding, kv),
    matrix(`blk.${index}.attn_v.weight`, embedding, kv),
    matrix(`blk.${index}.attn_output.weight`, embedding, embedding),
    matrix(`blk.${index}.ffn_gate.weight`, embedding, feedForward),
    matrix(`blk.${index}.ffn_up.weight`, embedding, feedForward),
    matrix(`blk.${index}.ffn_down.weight`, feedForward, embedding),
  ];
  return [
    matrix("token_embd.weight", embedding, vocabulary),
    ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
    norm("output_norm.weight"),
    matrix("output.weight", embedding, vocabulary),
  ];
}

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
