import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSafetensors } from "../../src/safetensors/write-safetensors.ts";
import { memoryTensor, type TensorSource } from "../../src/tensors/tensor-source.ts";
import { TINY, tensorOf, VOCABULARY } from "../quantize/made-llama.ts";
import { createRandom } from "../quantize/random.ts";

/** Inputs and outputs of a module of {@link TINY}, by the end of its name. */
const SIZES: Readonly<Record<string, readonly [inputs: number, outputs: number]>> = {
  q_proj: [TINY.embedding, TINY.embedding],
  k_proj: [TINY.embedding, TINY.embedding / 2],
  v_proj: [TINY.embedding, TINY.embedding / 2],
  o_proj: [TINY.embedding, TINY.embedding],
  gate_proj: [TINY.embedding, TINY.feedForward],
  up_proj: [TINY.embedding, TINY.feedForward],
  down_proj: [TINY.feedForward, TINY.embedding],
  lm_head: [TINY.embedding, VOCABULARY],
  embed_tokens: [VOCABULARY, TINY.embedding],
};

/** All linear layers of {@link TINY}. */
export const ALL_MODULES: readonly string[] = [0, 1].flatMap((layer) => [
  ...["q_proj", "k_proj", "v_proj", "o_proj"].map(
    (name) => `model.layers.${layer}.self_attn.${name}`,
  ),
  ...["gate_proj", "up_proj", "down_proj"].map((name) => `model.layers.${layer}.mlp.${name}`),
]);

export interface PeftOptions {
  readonly modules?: readonly string[];
  readonly rank?: number;
  /** Ranks of modules that have another. */
  readonly ranks?: Readonly<Record<string, number>>;
  /** How large the random numbers are. */
  readonly size?: number;
  readonly seed?: number;
  readonly config?: Readonly<Record<string, unknown>>;
  /** Changes to the tensors. */
  readonly tensors?: (tensors: TensorSource[]) => TensorSource[];
}

/** A module's two matrices, as PyTorch has them. */
export interface Matrices {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly rank: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** The random matrices of a made adapter, by module. */
export function matricesOf(options: PeftOptions): Map<string, Matrices> {
  const { modules = ALL_MODULES, rank = 4, ranks = {}, size = 0.25, seed = 1 } = options;
  const random = createRandom(seed);
  const numbers = (count: number) =>
    Float32Array.from({ length: count }, () => (random() - 0.5) * 2 * size);
  return new Map(
    modules.map((module) => {
      const own = ranks[module] ?? rank;
      const [inputs = 0, outputs = 0] = SIZES[module.split(".").at(-1) ?? ""] ?? [];
      return [
        module,
        { a: numbers(own * inputs), b: numbers(outputs * own), rank: own, inputs, outputs },
      ];
    }),
  );
}

/** Writes a LoRA for {@link TINY} with random numbers as PEFT does. */
export async function writePeft(folder: string, options: PeftOptions = {}): Promise<string> {
  const tensors = [...matricesOf(options)].flatMap(([module, { a, b, rank, inputs, outputs }]) => {
    const name = `base_model.model.${module}.lora_`;
    const isEmbedding = module.endsWith("embed_tokens");
    const [first, second] = isEmbedding ? ["embedding_A", "embedding_B"] : ["A.weight", "B.weight"];
    return [
      tensorOf(`${name}${first}`, [rank, inputs], a),
      tensorOf(`${name}${second}`, [outputs, rank], b),
    ];
  });
  const { rank = 4, modules = ALL_MODULES, config = {}, tensors: change = (all) => all } = options;
  const json = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: "tiny",
    r: rank,
    lora_alpha: 2 * rank,
    lora_dropout: 0.05,
    bias: "none",
    target_modules: [...new Set(modules.map((module) => module.split(".").at(-1)))],
    ...config,
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "adapter_config.json"), JSON.stringify(json));
  const sorted = change(tensors).sort((a, b) => (a.name < b.name ? -1 : 1));
  const path = join(folder, "adapter_model.safetensors");
  await writeSafetensors(path, sorted, { overwrite: true });
  return folder;
}

/** A tensor of a few zeros. */
export function strayTensor(name: string): TensorSource {
  return memoryTensor({ name, shape: [2, 2], type: "F32", bytes: new Uint8Array(16) });
}
