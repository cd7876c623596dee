import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { convertModel, writeSafetensors, writeShards } from "@llama2-kit/weights";

/** Sizes of Llamas of 1 GB and of 100 MB in F16, with Llama 2's vocabulary. */
const LARGE = { hidden: 2048, feedForward: 5632, layers: 8, heads: 16, kvHeads: 16 };
const SMALL = { hidden: 512, feedForward: 1408, layers: 4, heads: 8, kvHeads: 4 };

const VOCABULARY = 32_000;
const RANK = 16;

/**
 * Writes a Llama with random weights as a Hugging Face folder and as a GGUF, and an adapter for it.
 *
 * @param {{ quick: boolean }} options
 */
export async function makeModel({ quick }) {
  const sizes = quick ? SMALL : LARGE;
  const folder = await mkdtemp(join(tmpdir(), "llama2-kit-weights-model-"));
  const [huggingFace, gguf, adapter] = ["hf", "model.gguf", "adapter"].map((name) =>
    join(folder, name),
  );
  // Cria has Llama 2's tokenizer; its other files are replaced.
  await convertModel({ input: criaModelPath, output: huggingFace });
  await rm(join(huggingFace, "model.safetensors"));
  await writeFile(join(huggingFace, "config.json"), JSON.stringify(configOf(sizes)));
  await writeShards(huggingFace, listTensors(sizes), { shardBytes: 5e8 });
  await convertModel({ input: huggingFace, output: gguf });
  await writeAdapter(adapter, sizes);
  return { huggingFace, gguf, adapter, remove: () => rm(folder, { recursive: true, force: true }) };
}

function configOf({ hidden, feedForward, layers, heads, kvHeads }) {
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    hidden_size: hidden,
    intermediate_size: feedForward,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    vocab_size: VOCABULARY,
    max_position_embeddings: 4096,
    rms_norm_eps: 1e-5,
    bos_token_id: 1,
    eos_token_id: 2,
  };
}

/** The linear layers of a layer, by what goes in and what comes out. */
function linearsOf({ hidden, feedForward, heads, kvHeads }) {
  const kv = (hidden / heads) * kvHeads;
  return {
    "self_attn.q_proj": [hidden, hidden],
    "self_attn.k_proj": [kv, hidden],
    "self_attn.v_proj": [kv, hidden],
    "self_attn.o_proj": [hidden, hidden],
    "mlp.gate_proj": [feedForward, hidden],
    "mlp.up_proj": [feedForward, hidden],
    "mlp.down_proj": [hidden, feedForward],
  };
}

function listTensors(sizes) {
  const { hidden, layers } = sizes;
  const tensors = [
    randomTensor("model.embed_tokens.weight", [VOCABULARY, hidden]),
    randomTensor("lm_head.weight", [VOCABULARY, hidden]),
    randomTensor("model.norm.weight", [hidden]),
  ];
  for (let layer = 0; layer < layers; layer++) {
    for (const name of ["input_layernorm", "post_attention_layernorm"]) {
      tensors.push(randomTensor(`model.layers.${layer}.${name}.weight`, [hidden]));
    }
    for (const [name, shape] of Object.entries(linearsOf(sizes))) {
      tensors.push(randomTensor(`model.layers.${layer}.${name}.weight`, shape));
    }
  }
  return tensors;
}

/** Random halves between 2^-8 and 2^-4 of either sign, the same pattern of 4 MB over and over. */
const PATTERN = new Uint16Array(2 ** 21);
let state = 1;
for (let index = 0; index < PATTERN.length; index++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  PATTERN[index] = 0x1c00 + ((state >>> 16) & 0x8fff);
}
const BYTES = new Uint8Array(PATTERN.buffer);

function randomTensor(name, shape) {
  const byteLength = shape.reduce((product, size) => product * size, 2);
  return {
    name,
    shape,
    type: "F16",
    byteLength,
    async read(offset, length, into = new Uint8Array(length)) {
      for (let at = 0; at < length; ) {
        const from = (offset + at) % BYTES.length;
        const part = BYTES.subarray(from, Math.min(BYTES.length, from + length - at));
        into.set(part, at);
        at += part.length;
      }
      return into.subarray(0, length);
    },
  };
}

async function writeAdapter(folder, sizes) {
  await mkdir(folder);
  const config = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    r: RANK,
    lora_alpha: RANK,
    bias: "none",
    target_modules: Object.keys(linearsOf(sizes)).map((name) => name.split(".")[1]),
  };
  await writeFile(join(folder, "adapter_config.json"), JSON.stringify(config));
  const tensors = [];
  for (let layer = 0; layer < sizes.layers; layer++) {
    for (const [name, [outputs, inputs]] of Object.entries(linearsOf(sizes))) {
      const prefix = `base_model.model.model.layers.${layer}.${name}`;
      tensors.push(randomTensor(`${prefix}.lora_A.weight`, [RANK, inputs]));
      tensors.push(randomTensor(`${prefix}.lora_B.weight`, [outputs, RANK]));
    }
  }
  await writeSafetensors(join(folder, "adapter_model.safetensors"), tensors);
}
