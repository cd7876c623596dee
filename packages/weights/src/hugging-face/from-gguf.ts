import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { castTensors } from "../convert/cast-tensors.ts";
import { badOption, WeightsError } from "../error.ts";
import { attempt } from "../files/write-file.ts";
import { writeFolderWhole } from "../files/write-folder.ts";
import { openGguf } from "../gguf/open-gguf.ts";
import { writeShards } from "../safetensors/write-shards.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { WriteOptions } from "../tensors/write-options.ts";
import { metadataToConfig } from "./config-metadata.ts";
import { mapTensors } from "./map-tensors.ts";
import { metadataToTokenizer } from "./tokenizer-metadata.ts";
import { type FloatType, toConfigJson, toGenerationConfigJson } from "./write-config.ts";
import { toSentencePiece } from "./write-sentencepiece.ts";
import { toTokenizerConfigJson } from "./write-tokenizer-config.ts";
import { toTokenizerJson } from "./write-tokenizer-json.ts";

/** What `ggufToHuggingFace` takes. */
export interface ToHuggingFaceOptions extends WriteOptions {
  /** The GGUF file to read; of a split one, the first part. */
  readonly input: string;
  /** The folder to write. */
  readonly output: string;
  /** The type of all tensors. By default that of the GGUF's matrices, or F16 where those are quantised. */
  readonly type?: FloatType | undefined;
  /** Bytes of a safetensors file at most; 5 GB by default. */
  readonly shardBytes?: number | undefined;
}

const FLOATS: readonly string[] = ["F32", "F16", "BF16"];

/**
 * Converts a GGUF with a Llama 2 into a Hugging Face folder that transformers loads: safetensors, `config.json`,
 * `generation_config.json`, and the tokenizer with its chat template. Quantised weights are dequantised.
 *
 * @param options - input, folder and type
 * @throws WeightsError `NOT_FOUND`, `BAD_GGUF`, `BAD_CONFIG`, `BAD_TOKENIZER`, `BAD_TENSOR`, `UNSUPPORTED`,
 *   `OUTPUT_EXISTS` or `CANNOT_WRITE`
 * @example
 * ```ts
 * await ggufToHuggingFace({ input: "llama-2-7b-chat.Q8_0.gguf", output: "llama-2-7b-chat-hf" });
 * ```
 */
export async function ggufToHuggingFace(options: ToHuggingFaceOptions): Promise<void> {
  if (options.type !== undefined && !FLOATS.includes(options.type)) {
    throw badOption("type", options.type, `one of ${FLOATS.join(", ")}`);
  }
  const model = await openGguf(options.input);
  try {
    await convert(model, options);
  } finally {
    await model.close();
  }
}

async function convert(model: ModelWeights, options: ToHuggingFaceOptions): Promise<void> {
  const embedding = requireEmbedding(model);
  const isTied = !model.tensors.has("output.weight");
  const vocabulary = embedding.shape[0] ?? 0;
  const config = metadataToConfig(model.metadata, { vocabulary, isTied });
  const tokenizer = metadataToTokenizer(model.metadata);
  const type = options.type ?? typeOfMatrices(embedding, model);
  const mapped = mapTensors(model, config, isTied, "huggingFace");
  // safetensors' own writer sorts by name, so a folder from there comes back byte by byte.
  mapped.sort((a, b) => (a.name < b.name ? -1 : 1));
  const tensors = await castTensors(mapped, { typeOf: () => type });
  const files = new Map<string, object | Uint8Array>([
    ["config.json", toConfigJson(config, tokenizer, type)],
    ["generation_config.json", toGenerationConfigJson(tokenizer)],
    ["tokenizer.model", toSentencePiece(tokenizer)],
    ["tokenizer.json", toTokenizerJson(tokenizer)],
    ["tokenizer_config.json", toTokenizerConfigJson(tokenizer, config)],
  ]);
  await writeFolderWhole(options.output, options, async (folder) => {
    for (const [name, content] of files) {
      const bytes =
        content instanceof Uint8Array ? content : `${JSON.stringify(content, null, 2)}\n`;
      await attempt(options.output, () => writeFile(join(folder, name), bytes));
    }
    await writeShards(folder, tensors, options);
  });
}

function requireEmbedding({ tensors }: ModelWeights): TensorSource {
  const embedding = tensors.get("token_embd.weight");
  if (embedding !== undefined) return embedding;
  throw new WeightsError(
    "BAD_TENSOR",
    "The model lacks tensor token_embd.weight: is it an adapter?",
  );
}

function typeOfMatrices(embedding: TensorSource, { tensors }: ModelWeights): FloatType {
  const type = tensors.get("blk.0.ffn_down.weight")?.type ?? embedding.type;
  return FLOATS.includes(type) ? (type as FloatType) : "F16";
}
