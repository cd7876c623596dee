import { WeightsError } from "../error.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";

/** Opens a GGUF file; of one split into several, the first. */
export async function openGguf(path: string): Promise<ModelWeights> {
  throw new WeightsError("UNSUPPORTED", `Nothing reads ${path} yet.`, { path });
}
