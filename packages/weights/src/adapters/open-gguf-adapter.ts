import { openGguf } from "../gguf/open-gguf.ts";
import { type Metadata, metadataText } from "../tensors/metadata.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import {
  type Adapter,
  badAdapter,
  checkHalves,
  type LoraPair,
  listTargets,
  unsupportedParts,
} from "./adapter.ts";
import type { AdapterBase } from "./adapter-base.ts";
import { refuseTied } from "./open-peft.ts";

/**
 * Opens a LoRA in a GGUF.
 *
 * Source: `llama_adapter_lora_init_impl` in ggml-org/llama.cpp, `src/llama-adapter.cpp`.
 *
 * @throws WeightsError `NOT_FOUND`, `BAD_GGUF`, `BAD_ADAPTER`, or `UNSUPPORTED` with every tensor that is no part of a LoRA
 */
export async function openGgufAdapter(path: string, base: AdapterBase): Promise<Adapter> {
  const model = await openGguf(path);
  try {
    requireText(path, model.metadata, "general.type", "adapter");
    requireText(path, model.metadata, "adapter.type", "lora");
    requireText(path, model.metadata, "general.architecture", "llama");
    if (model.metadata.has("adapter.alora.invocation_tokens")) {
      throw unsupportedParts(path, ["tokens after which alone it acts (aLoRA)"]);
    }
    const pairs = collectPairs(path, model, base, readAlpha(path, model.metadata));
    return { path, order: "gguf", pairs, close: () => model.close() };
  } catch (error) {
    await model.close();
    throw error;
  }
}

function requireText(path: string, metadata: Metadata, key: string, wanted: string): void {
  const value = metadataText(metadata, key);
  if (value === wanted) return;
  const is = value === undefined ? "is missing" : `is ${JSON.stringify(value)}`;
  throw badAdapter(path, `its ${key} ${is}, and must be ${JSON.stringify(wanted)}`);
}

/** Without one, or with 0, llama.cpp leaves the product as it is. */
function readAlpha(path: string, metadata: Metadata): number | undefined {
  const alpha = metadata.get("adapter.lora.alpha");
  if (alpha === undefined) return undefined;
  if (alpha.type === "f32" && Number.isFinite(alpha.value)) return alpha.value || undefined;
  throw badAdapter(path, "its adapter.lora.alpha is not a finite number of 32 bits");
}

const NAME = /^(?<target>.+)\.lora_(?<half>[ab])$/;

function collectPairs(
  path: string,
  { tensors }: ModelWeights,
  base: AdapterBase,
  alpha: number | undefined,
): LoraPair[] {
  const targets = listTargets(base, "gguf");
  const halves = new Map<string, { a?: TensorSource; b?: TensorSource }>();
  const unknown: string[] = [];
  for (const tensor of tensors.values()) {
    const { target = "", half = "" } = NAME.exec(tensor.name)?.groups ?? {};
    if (targets.has(target)) halves.set(target, { ...halves.get(target), [half]: tensor });
    else unknown.push(tensor.name);
  }
  if (unknown.length > 0) throw unsupportedParts(path, unknown);
  if (halves.size === 0) throw badAdapter(path, "it has no tensors");
  refuseTied(path, base, halves);
  return [...targets].flatMap(([name, target]) => {
    const pair = halves.get(name);
    if (pair === undefined) return [];
    const { a, b } = pair;
    if (!a || !b) throw badAdapter(path, `of ${name}, lora_${a ? "b" : "a"} is missing`);
    const rank = checkHalves(path, target, a, b);
    return [{ target, rank, a, b, alpha: alpha ?? rank }];
  });
}
