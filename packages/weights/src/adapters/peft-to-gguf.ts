import { writeGguf } from "../gguf/write-gguf.ts";
import { loadEncoder } from "../quantize/codecs.ts";
import { recodeTensor } from "../quantize/recode-tensor.ts";
import type { MetadataValue } from "../tensors/metadata.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import { type LoraPair, orderPair } from "./adapter.ts";
import { readAdapterBase } from "./adapter-base.ts";
import { openPeft } from "./open-peft.ts";

/** What `peftToGguf` and `ggufToPeft` take. */
export interface ConvertAdapterOptions extends WriteOptions {
  /** The adapter: PEFT's folder, or a GGUF. */
  readonly input: string;
  /** What to write: a GGUF file, or PEFT's folder. */
  readonly output: string;
  /** The model that it is for, as a GGUF or a Hugging Face folder, or that folder's `config.json`: its sizes are needed. */
  readonly base: string;
}

/**
 * Converts a PEFT folder with a LoRA into a GGUF that llama.cpp takes.
 *
 * The tensors' bytes stay as they are, in another order of rows for `q` and `k`. A GGUF has one strength for all:
 * where `rank_pattern`, `alpha_pattern` or rsLoRA give modules different ones, it goes into their B.
 *
 * @param options - `input`: the folder; `output`: the GGUF file; `base`: the model that it is for
 * @throws WeightsError `UNSUPPORTED` for DoRA, modules trained in full and all else that is not LoRA, by name;
 *   `BAD_ADAPTER`, `BAD_CONFIG`, `BAD_SAFETENSORS`, `NOT_FOUND`, `OUTPUT_EXISTS` or `CANNOT_WRITE`
 * @example
 * ```ts
 * await peftToGguf({ input: "my-lora", output: "my-lora.gguf", base: "llama-2-7b-chat.Q4_K_M.gguf" });
 * ```
 */
export async function peftToGguf(options: ConvertAdapterOptions): Promise<void> {
  const base = await readAdapterBase(options.base);
  const adapter = await openPeft(options.input, base);
  try {
    const alpha = chooseAlpha(adapter.pairs);
    const tensors: TensorSource[] = [];
    for (const pair of adapter.pairs) {
      const ordered = orderPair(pair, adapter.order, "gguf");
      tensors.push(...(await nameHalves(ordered, alpha)));
    }
    await writeGguf(options.output, { metadata: adapterMetadata(alpha), tensors }, options);
  } finally {
    await adapter.close();
  }
}

/** What most pairs have; llama.cpp divides it by each pair's own rank. */
function chooseAlpha(pairs: readonly LoraPair[]): number {
  const counts = new Map<number, number>();
  for (const pair of pairs) {
    const alpha = Math.fround(pair.alpha);
    counts.set(alpha, (counts.get(alpha) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most?.[0] ?? 1;
}

function adapterMetadata(alpha: number): Map<string, MetadataValue> {
  return new Map<string, MetadataValue>([
    ["general.architecture", { type: "string", value: "llama" }],
    ["general.type", { type: "string", value: "adapter" }],
    ["adapter.type", { type: "string", value: "lora" }],
    ["adapter.lora.alpha", { type: "f32", value: alpha }],
  ]);
}

async function nameHalves(pair: LoraPair, alpha: number): Promise<TensorSource[]> {
  const b = await strengthen(pair, pair.alpha / alpha);
  return [
    { ...pair.a, name: `${pair.target.gguf}.lora_a` },
    { ...b, name: `${pair.target.gguf}.lora_b` },
  ];
}

/** B multiplied by what the common strength lacks, in F32; B itself where it lacks nothing but a rounding. */
async function strengthen({ b }: LoraPair, factor: number): Promise<TensorSource> {
  if (Math.fround(factor) === 1) return b;
  const encode = await loadEncoder("F32");
  const change = (values: Float32Array) => {
    for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * factor;
  };
  return recodeTensor(b, { type: "F32", encode, change });
}
