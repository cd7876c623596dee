import { copyFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { badOption, WeightsError } from "../error.ts";
import { attempt } from "../files/write-file.ts";
import { writeFolderWhole } from "../files/write-folder.ts";
import { readGptqConfig } from "../gptq/gptq-config.ts";
import { readJson } from "../hugging-face/read-json.ts";
import type { FileType } from "../quantize/file-type.ts";
import { openSafetensors } from "../safetensors/open-safetensors.ts";
import { writeShards } from "../safetensors/write-shards.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { TensorType } from "../tensors/tensor-type.ts";
import { readAdapterBase } from "./adapter-base.ts";
import { collectPairs } from "./collect-pairs.ts";
import type { MergePlan } from "./merge-adapter.ts";
import { mergeTensors } from "./merge-tensors.ts";

/** What PyTorch calls the types that a folder can have. */
const TORCH_TYPES: Partial<Record<FileType, string>> = {
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
};

/** Merges adapters into a Hugging Face folder with safetensors. */
export async function mergeIntoFolder(plan: MergePlan): Promise<void> {
  const { type } = plan;
  if (type !== undefined && TORCH_TYPES[type] === undefined) {
    throw badOption("type", type, "F32, F16 or BF16 for a folder");
  }
  await refuseQuantised(plan.base);
  const base = await openSafetensors(plan.base);
  try {
    const collected = await collectPairs(plan, await readAdapterBase(plan.base), "huggingFace");
    try {
      const typeOf = (tensor: TensorSource) => (type as TensorType | undefined) ?? tensor.type;
      const tensors = await mergeTensors(base, collected, typeOf, plan);
      await writeFolderWhole(plan.output, plan, async (folder) => {
        await copyOthers(plan.base, folder);
        if (type !== undefined) await nameType(folder, TORCH_TYPES[type] as string);
        await writeShards(folder, tensors, plan);
      });
    } finally {
      await collected.close();
    }
  } finally {
    await base.close();
  }
}

async function refuseQuantised(folder: string): Promise<void> {
  if ((await readGptqConfig(folder)) === undefined) return;
  throw new WeightsError(
    "UNSUPPORTED",
    `The weights of ${folder} are quantised by GPTQ. Convert it to GGUF first, and merge into that.`,
    { path: folder },
  );
}

/** Weights in any form: the merged ones take their place. */
const WEIGHTS = /\.(safetensors|bin|pth|pt|gguf|h5|msgpack|onnx)$|\.index\.json$/;

async function copyOthers(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (WEIGHTS.test(name)) continue;
    const source = join(from, name);
    // The hub's cache has links. One may lead nowhere, to a folder, or to a pipe that would be read for ever.
    const isFile = await stat(source).then(
      (facts) => facts.isFile(),
      () => false,
    );
    const path = join(to, name);
    if (isFile) await attempt(path, () => copyFile(source, path));
  }
}

async function nameType(folder: string, torchType: string): Promise<void> {
  const path = join(folder, "config.json");
  const config = await readJson(path);
  // Newer versions of transformers call it dtype.
  const key = "dtype" in config ? "dtype" : "torch_dtype";
  const text = `${JSON.stringify({ ...config, [key]: torchType }, null, 2)}\n`;
  await attempt(path, () => writeFile(path, text));
}
