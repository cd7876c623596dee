import type { MetadataValue, TestFile, TestTensor } from "./gguf-file.ts";
import { createRandom } from "./tiny-llama.ts";

/** What a test adapter changes: the tensor's name, the length of its rows, and how many there are. */
export type Target = readonly [name: string, row: number, rows: number];

/** Cria's queries and outputs of attention: 6 layers, 192 values. */
export const criaTargets: readonly Target[] = Array.from(
  { length: 6 },
  (_, layer) => layer,
).flatMap((layer): Target[] => [
  [`blk.${layer}.attn_q.weight`, 192, 192],
  [`blk.${layer}.attn_v.weight`, 192, 96],
  [`blk.${layer}.ffn_down.weight`, 512, 192],
]);

export interface LoraOptions {
  readonly targets?: readonly Target[];
  readonly rank?: number;
  /** How large its random numbers are: 1 changes every answer. */
  readonly size?: number;
  readonly seed?: number;
  readonly alpha?: number;
  /** Changes to the metadata; undefined takes an entry away. */
  readonly metadata?: Readonly<Record<string, MetadataValue | undefined>>;
  /** Changes to the tensors. */
  readonly tensors?: (tensors: TestTensor[]) => TestTensor[];
}

/** A LoRA adapter with random numbers, as llama.cpp's convert_lora_to_gguf.py writes them. */
export function loraFile({
  targets = criaTargets,
  rank = 4,
  size = 1,
  seed = 1,
  alpha = rank,
  metadata = {},
  tensors = (all) => all,
}: LoraOptions = {}): TestFile {
  const random = createRandom(seed);
  const matrix = (name: string, row: number, rows: number): TestTensor => ({
    name,
    dimensions: [row, rows],
    data: Float32Array.from({ length: row * rows }, () => (random() - 0.5) * size),
  });
  const entries: [string, MetadataValue | undefined][] = Object.entries({
    "general.architecture": ["string", "llama"],
    "general.type": ["string", "adapter"],
    "adapter.type": ["string", "lora"],
    "adapter.lora.alpha": ["f32", alpha],
    ...metadata,
  });
  const pairs = targets.flatMap(([name, row, rows]) => [
    matrix(`${name}.lora_a`, row, rank),
    matrix(`${name}.lora_b`, rank, rows),
  ]);
  return {
    metadata: Object.fromEntries(
      entries.filter((entry) => entry[1] !== undefined),
    ) as TestFile["metadata"],
    tensors: tensors(pairs),
  };
}
