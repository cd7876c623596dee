import { basename, join, resolve } from "node:path";
import { readGptqConfig } from "../gptq/gptq-config.ts";
import { type GptqReport, unpackGptq } from "../gptq/unpack-gptq.ts";
import { openSafetensors } from "../safetensors/open-safetensors.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import type { LlamaConfig } from "./llama-config.ts";
import { readConfig } from "./read-config.ts";
import { readJson } from "./read-json.ts";
import { readTokenizer } from "./read-tokenizer.ts";
import type { TokenizerData } from "./tokenizer-data.ts";

/** A Hugging Face folder with a Llama, open. */
export interface HuggingFaceModel {
  /** The folder's name. */
  readonly name: string;
  readonly config: LlamaConfig;
  readonly tokenizer: TokenizerData;
  /** The tensors, by transformers' names; layers of GPTQ as the tensors that they stand for. */
  readonly weights: ModelWeights;
  /** For layers of GPTQ, by tensor: the form that they were given, and the error of it. */
  readonly report: ReadonlyMap<string, GptqReport>;
}

/** Opens a Hugging Face folder with a Llama: safetensors, `config.json` and the tokenizer's files. */
export async function openHuggingFace(folder: string): Promise<HuggingFaceModel> {
  const path = join(folder, "config.json");
  const json = await readJson(path);
  const config = readConfig(json, path);
  const gptq = await readGptqConfig(folder);
  const tokenizer = await readTokenizer(folder, json, config.vocabulary);
  const files = await openSafetensors(folder);
  try {
    const weights = gptq === undefined ? files : await unpackGptq(files, gptq);
    const isTied = config.isTied || !weights.tensors.has("lm_head.weight");
    const report =
      "report" in weights ? (weights.report as ReadonlyMap<string, GptqReport>) : new Map();
    return {
      name: basename(resolve(folder)),
      config: { ...config, isTied },
      tokenizer,
      weights,
      report,
    };
  } catch (error) {
    await files.close();
    throw error;
  }
}
