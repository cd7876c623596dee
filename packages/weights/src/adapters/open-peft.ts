import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { WeightsError } from "../error.ts";
import type { LlamaTensor } from "../hugging-face/llama-shape.ts";
import { readJson } from "../hugging-face/read-json.ts";
import { openSafetensors } from "../safetensors/open-safetensors.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import {
  type Adapter,
  badAdapter,
  checkHalves,
  isEmbedding,
  type LoraPair,
  listTargets,
  unsupportedParts,
} from "./adapter.ts";
import type { AdapterBase } from "./adapter-base.ts";
import { type PeftConfig, readPeftConfig } from "./peft-config.ts";
import { transposed } from "./transposed.ts";

/** What PEFT calls its files. */
export const CONFIG_NAME = "adapter_config.json";
export const WEIGHTS_NAME = "adapter_model.safetensors";

/**
 * Opens a PEFT folder with a LoRA.
 *
 * @throws WeightsError `NOT_FOUND`, `BAD_SAFETENSORS`, `BAD_CONFIG`, `BAD_ADAPTER`, or `UNSUPPORTED` with every part
 *   that is not plain LoRA on a Llama's matrices
 */
export async function openPeft(folder: string, base: AdapterBase): Promise<Adapter> {
  const configPath = join(folder, CONFIG_NAME);
  const config = readPeftConfig(await readJson(configPath), configPath);
  await refusePickle(folder);
  const path = join(folder, WEIGHTS_NAME);
  const model = await openSafetensors(path);
  try {
    const pairs = collectPairs(path, model, base, config);
    return { path: folder, order: "huggingFace", pairs, close: () => model.close() };
  } catch (error) {
    await model.close();
    throw error;
  }
}

async function refusePickle(path: string): Promise<void> {
  const names = await readdir(path).catch((): string[] => []);
  if (names.includes(WEIGHTS_NAME) || !names.includes("adapter_model.bin")) return;
  throw new WeightsError(
    "UNSUPPORTED",
    `${path} has its weights in PyTorch's adapter_model.bin, which is not read here: it can hold programs. Load it in PEFT and save it again, which writes ${WEIGHTS_NAME}.`,
    { path },
  );
}

/** `base_model.model.<module>.lora_A.weight`, and for embeddings `….lora_embedding_A`; some tools leave `default` in. */
const NAME =
  /^(?:base_model\.model\.)?(?<module>.+)\.lora_(?<embedding>embedding_)?(?<half>[AB])(?:\.default)?(?:\.weight)?$/;

interface Halves {
  A?: TensorSource;
  B?: TensorSource;
}

function collectPairs(
  path: string,
  { tensors }: ModelWeights,
  base: AdapterBase,
  config: PeftConfig,
): LoraPair[] {
  const targets = listTargets(base, "huggingFace");
  const halves = new Map<string, Halves>();
  const unknown: string[] = [];
  for (const tensor of tensors.values()) {
    const { module = "", embedding, half } = NAME.exec(tensor.name)?.groups ?? {};
    const target = targets.get(`${module}.weight`);
    const isKnown = target !== undefined && isEmbedding(target) === (embedding !== undefined);
    if (!isKnown) unknown.push(tensor.name);
    else addHalf(path, halves, module, half === "A" ? "A" : "B", tensor);
  }
  if (unknown.length > 0) throw unsupportedParts(path, unknown);
  if (halves.size === 0) throw badAdapter(path, "it has no tensors");
  refuseTied(path, base, halves);
  return [...targets].flatMap(([name, target]) => {
    const module = name.slice(0, -".weight".length);
    const pair = halves.get(module);
    return pair === undefined ? [] : [makePair(path, target, module, pair, config)];
  });
}

function addHalf(
  path: string,
  halves: Map<string, Halves>,
  module: string,
  half: "A" | "B",
  tensor: TensorSource,
): void {
  const pair = halves.get(module) ?? {};
  if (pair[half] !== undefined) throw badAdapter(path, `it has ${tensor.name} under two names`);
  halves.set(module, { ...pair, [half]: tensor });
}

/** A change of the embeddings would be one of the output as well, which is not what PEFT computes. */
export function refuseTied(
  path: string,
  base: AdapterBase,
  names: Pick<ReadonlyMap<string, unknown>, "has">,
): void {
  if (!base.isTied) return;
  for (const name of ["model.embed_tokens", "token_embd.weight"]) {
    if (names.has(name))
      throw unsupportedParts(path, [`${name}, which the base uses for its output too`]);
  }
}

function makePair(
  path: string,
  target: LlamaTensor,
  module: string,
  { A, B: b }: Halves,
  config: PeftConfig,
): LoraPair {
  if (!A || !b) throw badAdapter(path, `of ${module}, lora_${A ? "B" : "A"} is missing`);
  const a = isEmbedding(target) ? transposed(A) : A;
  const rank = checkHalves(path, target, a, b);
  const stated = config.rankOf(module);
  if (rank !== stated) {
    throw badAdapter(path, `${module} has the rank ${rank}, and by the configuration ${stated}`);
  }
  return { target, rank, a, b, alpha: config.alphaOf(module) };
}
