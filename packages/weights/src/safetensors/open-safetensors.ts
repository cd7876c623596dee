import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { WeightsError } from "../error.ts";
import { notFound } from "../files/open-file.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import { openSafetensorsFile } from "./open-file.ts";
import { openShards } from "./open-shards.ts";

/** What transformers calls a model's files, and PEFT an adapter's, in the order in which they are looked for. */
const NAMES = ["model.safetensors.index.json", "model.safetensors", "adapter_model.safetensors"];

/**
 * Opens safetensors: a file, the index of several, or the folder that holds either. Headers are read and
 * checked; tensors are read when asked for.
 *
 * @param path - the file, an index (`….index.json`), or a folder
 * @returns the model, to be closed; of several files, tensors in the order of those
 * @throws WeightsError `NOT_FOUND`, `BAD_SAFETENSORS` or `UNSUPPORTED`
 * @example
 * ```ts
 * const model = await openSafetensors("Llama-2-7b-chat-hf");
 * console.log(model.tensors.get("model.norm.weight")?.shape); // [4096]
 * await model.close();
 * ```
 */
export async function openSafetensors(path: string): Promise<ModelWeights> {
  const file = (await isFolder(path)) ? await findInFolder(path) : path;
  return file.endsWith(".json") ? openShards(file) : openSafetensorsFile(file);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw notFound(path, cause);
  }
}

async function findInFolder(folder: string): Promise<string> {
  const names = await readdir(folder);
  const name = NAMES.find((name) => names.includes(name));
  if (name !== undefined) return join(folder, name);
  const pickled = names.find((name) => /\.(bin|pth|pt)$/.test(name));
  const message =
    pickled === undefined
      ? `${folder} has none of ${NAMES.join(", ")}`
      : `${folder} has PyTorch's ${pickled}, which is not read here: it can hold programs. Convert it to safetensors first`;
  throw new WeightsError(pickled === undefined ? "NOT_FOUND" : "UNSUPPORTED", `${message}.`, {
    path: folder,
  });
}
