import { describe, WeightsError } from "../error.ts";
import {
  type Metadata,
  type MetadataValue,
  metadataNumber,
  metadataText,
} from "../tensors/metadata.ts";
import { findShapeProblem, type LlamaConfig, type RopeScaling } from "./llama-config.ts";

/**
 * A Llama's configuration as a GGUF's metadata, in the order in which llama.cpp's converter writes it.
 *
 * Source: ggml-org/ggml, `docs/gguf.md`, and `LlamaModel` in ggml-org/llama.cpp, `conversion/llama.py`.
 */
export function configToMetadata(config: LlamaConfig): [string, MetadataValue][] {
  const u32 = (name: string, value: number): [string, MetadataValue] => [
    `llama.${name}`,
    { type: "u32", value },
  ];
  const f32 = (name: string, value: number): [string, MetadataValue] => [
    `llama.${name}`,
    { type: "f32", value },
  ];
  const { ropeScaling: scaling } = config;
  return [
    u32("block_count", config.layers),
    u32("context_length", config.contextLength),
    u32("embedding_length", config.hidden),
    u32("feed_forward_length", config.feedForward),
    u32("attention.head_count", config.heads),
    u32("attention.head_count_kv", config.kvHeads),
    f32("rope.freq_base", config.ropeTheta),
    f32("attention.layer_norm_rms_epsilon", config.normEpsilon),
    u32("vocab_size", config.vocabulary),
    u32("rope.dimension_count", config.hidden / config.heads),
    ...(scaling === undefined
      ? []
      : ([
          ["llama.rope.scaling.type", { type: "string", value: scaling.type }],
          f32("rope.scaling.factor", scaling.factor),
        ] as [string, MetadataValue][])),
    ...(scaling?.originalContextLength === undefined
      ? []
      : [u32("rope.scaling.original_context_length", scaling.originalContextLength)]),
  ];
}

/**
 * Reads a Llama's configuration back out of a GGUF's metadata.
 *
 * @param facts - what the metadata does not say: the rows of the embedding, and whether the output has no own matrix
 * @throws WeightsError `BAD_CONFIG` or `UNSUPPORTED`
 */
export function metadataToConfig(
  metadata: Metadata,
  facts: { readonly vocabulary: number; readonly isTied: boolean },
): LlamaConfig {
  const architecture = metadataText(metadata, "general.architecture");
  if (architecture !== "llama") {
    throw new WeightsError(
      "UNSUPPORTED",
      `The model is of architecture ${describe(architecture)}, and only llama is converted.`,
    );
  }
  const number = (name: string, usual?: number): number => {
    const value = metadataNumber(metadata, `llama.${name}`) ?? usual;
    if (value !== undefined && value > 0) return value;
    throw new WeightsError(
      "BAD_CONFIG",
      `The metadata has llama.${name} ${value}, which cannot be.`,
    );
  };
  const heads = number("attention.head_count");
  const config: LlamaConfig = {
    ...facts,
    layers: number("block_count"),
    hidden: number("embedding_length"),
    feedForward: number("feed_forward_length"),
    heads,
    kvHeads: number("attention.head_count_kv", heads),
    contextLength: number("context_length"),
    normEpsilon: shortest(number("attention.layer_norm_rms_epsilon")),
    ropeTheta: shortest(number("rope.freq_base", 10_000)),
    ropeScaling: readScaling(metadata, number),
  };
  const problem = findShapeProblem(config);
  if (problem !== undefined)
    throw new WeightsError("BAD_CONFIG", `The metadata cannot be right: ${problem}.`);
  return config;
}

function readScaling(
  metadata: Metadata,
  number: (name: string, usual?: number) => number,
): RopeScaling | undefined {
  const type = metadataText(metadata, "llama.rope.scaling.type");
  if (type === undefined || type === "none") return undefined;
  if (type !== "linear" && type !== "yarn") {
    throw new WeightsError(
      "UNSUPPORTED",
      `The model has llama.rope.scaling.type ${describe(type)}; linear and yarn are converted.`,
    );
  }
  const original = metadataNumber(metadata, "llama.rope.scaling.original_context_length");
  return { type, factor: shortest(number("rope.scaling.factor")), originalContextLength: original };
}

/** The shortest decimal that is the same number in single precision: 1e-5 rather than 0.000009999999747378752. */
function shortest(single: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === Math.fround(single)) return short;
  }
  return single;
}
