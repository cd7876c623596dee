import { openGguf } from "../gguf/open-gguf.ts";
import { openLlama2c } from "../llama2c/open-llama2c.ts";
import { openSafetensors } from "../safetensors/open-safetensors.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import { detectFormat } from "./detect-format.ts";

/**
 * Opens a model of any format that is read here: a GGUF, safetensors (a file, an index, or a folder of Hugging
 * Face's), or a llama2.c checkpoint.
 *
 * @param path - the file or folder
 * @returns the model, to be closed
 * @throws WeightsError `NOT_FOUND`, `UNKNOWN_FORMAT`, `UNSUPPORTED`, or that the file is damaged
 * @example
 * ```ts
 * const model = await openModel("llama-2-7b.Q4_0.gguf");
 * for (const tensor of model.tensors.values()) console.log(tensor.name, tensor.type, tensor.shape);
 * await model.close();
 * ```
 */
export async function openModel(path: string): Promise<ModelWeights> {
  switch (await detectFormat(path)) {
    case "gguf":
      return openGguf(path);
    case "llama2c":
      return openLlama2c(path);
    default:
      return openSafetensors(path);
  }
}
