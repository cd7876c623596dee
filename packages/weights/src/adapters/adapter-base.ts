import { stat } from "node:fs/promises";
import { join } from "node:path";
import { openGguf } from "../gguf/open-gguf.ts";
import { metadataToConfig } from "../hugging-face/config-metadata.ts";
import type { LlamaShape } from "../hugging-face/llama-shape.ts";
import { readConfig } from "../hugging-face/read-config.ts";
import { readJson } from "../hugging-face/read-json.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";

/** What must be known of the model that an adapter is for. */
export interface AdapterBase {
  readonly shape: LlamaShape;
  /** Whether the output uses the embeddings' matrix. */
  readonly isTied: boolean;
}

/**
 * Reads what must be known of a base: a GGUF file, a Hugging Face folder, or its `config.json` alone.
 *
 * @throws WeightsError `NOT_FOUND`, `BAD_GGUF`, `BAD_CONFIG` or `UNSUPPORTED`
 */
export async function readAdapterBase(path: string): Promise<AdapterBase> {
  if (await isFolder(path)) return readFolderBase(join(path, "config.json"));
  if (path.endsWith(".json")) return readFolderBase(path);
  const model = await openGguf(path);
  await model.close();
  return ggufBase(model);
}

async function readFolderBase(path: string): Promise<AdapterBase> {
  const config = readConfig(await readJson(path), path);
  return { shape: config, isTied: config.isTied };
}

/** The same of an open GGUF. */
export function ggufBase({ metadata, tensors }: ModelWeights): AdapterBase {
  const isTied = !tensors.has("output.weight");
  const vocabulary = tensors.get("token_embd.weight")?.shape[0] ?? 0;
  return { shape: metadataToConfig(metadata, { vocabulary, isTied }), isTied };
}

/** Whether there is a folder of that name. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
}
