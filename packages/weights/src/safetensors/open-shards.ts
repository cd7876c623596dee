import { basename, dirname, join } from "node:path";
import { describe, WeightsError } from "../error.ts";
import { readSmallFile } from "../files/open-file.ts";
import { isJsonObject, parseJsonObject } from "../files/parse-json.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import { MAX_INDEX_BYTES, MAX_MARKS } from "./limits.ts";
import { openSafetensorsFile } from "./open-file.ts";

/** Opens the files that an index names, as one model. */
export async function openShards(indexPath: string): Promise<ModelWeights> {
  const { files, fileOfTensor } = await readIndex(indexPath);
  const shards: ModelWeights[] = [];
  const close = async () => {
    await Promise.all(shards.map((shard) => shard.close()));
  };
  try {
    const tensors = new Map<string, TensorSource>();
    for (const file of files) {
      const shard = await openSafetensorsFile(join(dirname(indexPath), file));
      shards.push(shard);
      for (const tensor of shard.tensors.values()) {
        if (tensors.has(tensor.name))
          throw badIndex(indexPath, `tensor ${tensor.name} is in two of its files`);
        tensors.set(tensor.name, tensor);
      }
    }
    for (const [name, file] of fileOfTensor) {
      if (!tensors.has(name)) throw badIndex(indexPath, `${file} lacks tensor ${name}`);
    }
    return { format: "safetensors", metadata: shards[0]?.metadata ?? new Map(), tensors, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readIndex(path: string) {
  const bytes = await readSmallFile(path, MAX_INDEX_BYTES);
  const index = parseJsonObject(bytes, MAX_MARKS, (problem, cause) =>
    badIndex(path, `it ${problem}`, cause),
  );
  const map = index["weight_map"];
  if (!isJsonObject(map)) throw badIndex(path, "it has no weight_map");
  const fileOfTensor = Object.entries(map).map(
    ([name, file]) => [name, checkName(path, file)] as const,
  );
  return { fileOfTensor, files: [...new Set(fileOfTensor.map(([, file]) => file))].sort() };
}

/** A file beside the index: an index from elsewhere must not lead to others. */
function checkName(path: string, file: unknown): string {
  const isPlain =
    typeof file === "string" && file === basename(file) && /^[^\\:]+\.safetensors$/.test(file);
  if (isPlain) return file;
  throw badIndex(
    path,
    `it names the file ${describe(file)}; files beside it are read, that end with .safetensors`,
  );
}

function badIndex(path: string, problem: string, cause?: unknown): WeightsError {
  return new WeightsError("BAD_SAFETENSORS", `${path} is a damaged index: ${problem}.`, {
    path,
    cause,
  });
}
