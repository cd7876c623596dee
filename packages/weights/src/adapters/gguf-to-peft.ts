import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../files/write-file.ts";
import { writeFolderWhole } from "../files/write-folder.ts";
import { loadEncoder } from "../quantize/codecs.ts";
import { recodeTensor } from "../quantize/recode-tensor.ts";
import { writeSafetensors } from "../safetensors/write-safetensors.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import { layoutOf } from "../tensors/tensor-type.ts";
import { isEmbedding, type LoraPair, orderPair } from "./adapter.ts";
import { type AdapterBase, readAdapterBase } from "./adapter-base.ts";
import { openGgufAdapter } from "./open-gguf-adapter.ts";
import { CONFIG_NAME, WEIGHTS_NAME } from "./open-peft.ts";
import { describePeft } from "./peft-description.ts";
import type { ConvertAdapterOptions } from "./peft-to-gguf.ts";
import { transposed } from "./transposed.ts";

/** What `ggufToPeft` takes. */
export interface ToPeftOptions extends ConvertAdapterOptions {
  /** What PEFT is to load as its base, such as `meta-llama/Llama-2-7b-chat-hf`. */
  readonly baseModel?: string | undefined;
}

/**
 * Converts a LoRA in a GGUF into a folder that PEFT loads.
 *
 * The tensors' bytes stay as they are, in another order of rows for `q` and `k`; quantised ones become F32.
 *
 * @param options - `input`: the GGUF; `output`: the folder; `base`: the model that it is for; `baseModel`: its name
 * @throws WeightsError `UNSUPPORTED`, `BAD_ADAPTER`, `BAD_GGUF`, `NOT_FOUND`, `OUTPUT_EXISTS` or `CANNOT_WRITE`
 * @example
 * ```ts
 * await ggufToPeft({
 *   input: "my-lora.gguf",
 *   output: "my-lora",
 *   base: "llama-2-7b-chat.Q4_K_M.gguf",
 *   baseModel: "meta-llama/Llama-2-7b-chat-hf",
 * });
 * ```
 */
export async function ggufToPeft(options: ToPeftOptions): Promise<void> {
  const base = await readAdapterBase(options.base);
  const adapter = await openGgufAdapter(options.input, base);
  try {
    const tensors: TensorSource[] = [];
    for (const pair of adapter.pairs) {
      tensors.push(...(await nameHalves(orderPair(pair, adapter.order, "huggingFace"))));
    }
    await writeFolderWhole(options.output, options, (folder) =>
      writePeft(folder, adapter.pairs, tensors, base, options),
    );
  } finally {
    await adapter.close();
  }
}

async function writePeft(
  folder: string,
  pairs: readonly LoraPair[],
  tensors: readonly TensorSource[],
  base: AdapterBase,
  options: ToPeftOptions,
): Promise<void> {
  const config = describePeft(pairs, base, options.baseModel);
  const path = join(folder, CONFIG_NAME);
  await attempt(path, () => writeFile(path, `${JSON.stringify(config, null, 2)}\n`));
  // In the order of names, as PEFT's files are.
  const sorted = [...tensors].sort((a, b) => (a.name < b.name ? -1 : 1));
  await writeSafetensors(join(folder, WEIGHTS_NAME), sorted, options);
}

async function nameHalves({ target, a, b }: LoraPair): Promise<TensorSource[]> {
  const module = `base_model.model.${target.huggingFace.slice(0, -".weight".length)}`;
  const [plainA, plainB] = [await withoutBlocks(a), await withoutBlocks(b)];
  if (isEmbedding(target)) {
    return [
      { ...transposed(plainA), name: `${module}.lora_embedding_A` },
      { ...plainB, name: `${module}.lora_embedding_B` },
    ];
  }
  return [
    { ...plainA, name: `${module}.lora_A.weight` },
    { ...plainB, name: `${module}.lora_B.weight` },
  ];
}

async function withoutBlocks(tensor: TensorSource): Promise<TensorSource> {
  if (layoutOf(tensor.type).safetensors) return tensor;
  return recodeTensor(tensor, { type: "F32", encode: await loadEncoder("F32") });
}
