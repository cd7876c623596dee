import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { attempt } from "../files/write-file.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import { type WriteSafetensorsOptions, writeSafetensors } from "./write-safetensors.ts";

/** What `writeShards` takes beside the tensors. */
export interface WriteShardsOptions extends WriteSafetensorsOptions {
  /** Bytes of a file's tensors at most; 5 GB by default, as transformers has it. A larger tensor has a file of its own. */
  readonly shardBytes?: number | undefined;
}

const SHARD_BYTES = 5e9;

/**
 * Writes a model into a folder: as `model.safetensors` where that is not too large, otherwise as several files
 * with their index, named as transformers names them.
 *
 * The folder should be a new one: what stands there stays there, also when this is aborted half-way.
 *
 * @param folder - an existing folder
 * @param tensors - in the order that the files shall have
 * @param options - `shardBytes`, `metadata`, `signal`, `onProgress`, `overwrite`
 * @throws WeightsError as `writeSafetensors`
 */
export async function writeShards(
  folder: string,
  tensors: Iterable<TensorSource>,
  options: WriteShardsOptions = {},
): Promise<void> {
  const shards = splitIntoShards(tensors, options.shardBytes ?? SHARD_BYTES);
  const total = shards.flat().reduce((sum, { byteLength }) => sum + byteLength, 0);
  const fileOfTensor = new Map<string, string>();
  let before = 0;
  for (const [index, shard] of shards.entries()) {
    const name = nameOfShard(index, shards.length);
    for (const tensor of shard) fileOfTensor.set(tensor.name, name);
    const shardBytes = shard.reduce((sum, { byteLength }) => sum + byteLength, 0);
    await writeSafetensors(join(folder, name), shard, {
      ...options,
      onProgress: ({ done, total: all }) =>
        options.onProgress?.({ done: before + Math.max(0, done - all + shardBytes), total }),
    });
    before += shardBytes;
  }
  if (shards.length === 1) return;
  // In the order of names, as transformers writes it.
  const sorted = Object.fromEntries([...fileOfTensor].sort(([a], [b]) => (a < b ? -1 : 1)));
  const index = { metadata: { total_size: total }, weight_map: sorted };
  const path = join(folder, "model.safetensors.index.json");
  await attempt(path, () => writeFile(path, `${JSON.stringify(index, null, 2)}\n`));
}

function splitIntoShards(tensors: Iterable<TensorSource>, most: number): TensorSource[][] {
  const shards: TensorSource[][] = [[]];
  let bytes = 0;
  for (const tensor of tensors) {
    if (bytes > 0 && bytes + tensor.byteLength > most) {
      shards.push([]);
      bytes = 0;
    }
    shards.at(-1)?.push(tensor);
    bytes += tensor.byteLength;
  }
  return shards;
}

function nameOfShard(index: number, count: number): string {
  if (count === 1) return "model.safetensors";
  const digits = (number: number) => String(number).padStart(5, "0");
  return `model-${digits(index + 1)}-of-${digits(count)}.safetensors`;
}
