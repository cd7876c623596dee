import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { castTensors } from "../../src/convert/cast-tensors.ts";
import { listTensors } from "../../src/hugging-face/llama-shape.ts";
import { writeShards } from "../../src/safetensors/write-shards.ts";
import { memoryTensor, type TensorSource } from "../../src/tensors/tensor-source.ts";
import { createRandom, normalNumbers } from "../quantize/random.ts";

/** What a random Hugging Face folder is like. */
export interface TinyLlama {
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly feedForward: number;
  readonly layers: number;
  readonly isTied?: boolean;
  readonly type?: "F32" | "F16" | "BF16";
  readonly seed?: number;
  /** Bytes of a file's tensors at most. */
  readonly shardBytes?: number;
  /** What to add to `config.json`, or to change in it. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** With fewer heads of keys than of queries, as in the 70B. */
export const GROUPED: TinyLlama = { hidden: 64, heads: 4, kvHeads: 2, feedForward: 96, layers: 2 };

/** The vocabulary: Llama 2's special tokens and bytes, a space, letters, and three merges. */
const BYTES = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);
const MERGED = ["▁a", "ab", "▁ab"];
export const TOKENS: readonly string[] = [
  "<unk>",
  "<s>",
  "</s>",
  ...BYTES,
  ...MERGED,
  ..."▁abcdefghijklmnopqrstuvwxyz.,!?",
];

export const TEMPLATE = "{{ bos_token }}[INST] {{ messages[0]['content'] }} [/INST]";

/** The tensors of a random Llama by transformers' names and in its order of rows, F32. */
export function randomTensors(llama: TinyLlama): TensorSource[] {
  const random = createRandom(llama.seed ?? 1);
  const shape = { ...llama, vocabulary: TOKENS.length };
  return listTensors(shape, llama.isTied ?? false).map(({ huggingFace: name, shape: sizes }) => {
    const [rows = 1, columns] = sizes;
    const values =
      columns === undefined
        ? normalNumbers(rows, 0.1, random).map((value) => 1 + value)
        : normalNumbers(rows * columns, 1.5 / Math.sqrt(columns), random);
    return memoryTensor({ name, shape: sizes, type: "F32", bytes: new Uint8Array(values.buffer) });
  });
}

/** Writes a random Llama as transformers would: a folder with `config.json`, tokenizer and safetensors. */
export async function writeHuggingFace(folder: string, llama: TinyLlama): Promise<string> {
  await mkdir(folder, { recursive: true });
  const tensors = await castTensors(randomTensors(llama), {
    typeOf: () => llama.type ?? "F32",
  });
  tensors.sort((a, b) => (a.name < b.name ? -1 : 1));
  await writeShards(folder, tensors, { shardBytes: llama.shardBytes });
  const files = {
    "config.json": configOf(llama),
    "tokenizer_config.json": TOKENIZER_CONFIG,
    "tokenizer.json": tokenizerJson(),
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), JSON.stringify(content));
  }
  return folder;
}

function configOf({ config, ...llama }: TinyLlama): object {
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    hidden_act: "silu",
    hidden_size: llama.hidden,
    intermediate_size: llama.feedForward,
    num_hidden_layers: llama.layers,
    num_attention_heads: llama.heads,
    num_key_value_heads: llama.kvHeads,
    vocab_size: TOKENS.length,
    max_position_embeddings: 64,
    rms_norm_eps: 1e-5,
    tie_word_embeddings: llama.isTied ?? false,
    bos_token_id: 1,
    eos_token_id: 2,
    ...config,
  };
}

const TOKENIZER_CONFIG = {
  add_bos_token: true,
  add_eos_token: false,
  bos_token: { content: "<s>" },
  eos_token: "</s>",
  unk_token: "<unk>",
  pad_token: null,
  chat_template: TEMPLATE,
};

function tokenizerJson(): object {
  return {
    added_tokens: TOKENS.slice(0, 3).map((content, id) => ({ id, content, special: true })),
    model: {
      type: "BPE",
      byte_fallback: true,
      unk_token: "<unk>",
      vocab: Object.fromEntries(TOKENS.map((token, id) => [token, id])),
      merges: ["▁ a", "a b", "▁a b", "▁ ab"],
    },
  };
}
