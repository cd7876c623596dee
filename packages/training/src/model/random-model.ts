import {
  type Metadata,
  type MetadataValue,
  type ModelWeights,
  memoryTensor,
} from "@llama2-kit/weights";
import { seededRandom, seedFor } from "./random.ts";
import { type ModelSizes, requiredTensors, shapeOfTensor } from "./sizes.ts";

/** Sizes of a model to begin anew, by the names of a Hugging Face `config.json`. */
export interface NewModelConfig {
  readonly hidden_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  /** Default: as many as heads. */
  readonly num_key_value_heads?: number;
  readonly intermediate_size: number;
  readonly vocab_size: number;
  /** Default 2048. */
  readonly max_position_embeddings?: number;
  /** Default 1e-5. */
  readonly rms_norm_eps?: number;
  /** Default 10000. */
  readonly rope_theta?: number;
  /** Whether the embeddings are the output matrix as well. Default false. */
  readonly tie_word_embeddings?: boolean;
  /** Deviation of the normal distribution that weights are drawn from. Default 0.02. */
  readonly initializer_range?: number;
}

/**
 * Makes a model of random weights, as transformers begins one: normal around 0, norms all 1.
 *
 * @param config - its sizes
 * @param metadata - entries of the GGUF beyond the sizes: a tokenizer's, a name
 */
export function randomModel(
  config: NewModelConfig,
  seed: number,
  metadata: Metadata = new Map(),
): ModelWeights {
  const sizes = sizesOf(config);
  const deviation = config.initializer_range ?? 0.02;
  const tensors = requiredTensors(sizes).map((name) => {
    const [inputs, outputs] = shapeOfTensor(sizes, name);
    const random = seededRandom(seedFor(seed, name));
    const isNorm = outputs === 1;
    const values = Float32Array.from({ length: inputs * outputs }, () =>
      isNorm ? 1 : random.normal() * deviation,
    );
    const shape = isNorm ? [inputs] : [outputs, inputs];
    return memoryTensor({ name, shape, type: "F32", bytes: new Uint8Array(values.buffer) });
  });
  return {
    format: "gguf",
    metadata: new Map([...sizeMetadata(sizes), ...metadata]),
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    close: async () => {},
  };
}

function sizesOf(config: NewModelConfig): ModelSizes {
  const heads = config.num_attention_heads;
  return {
    layers: config.num_hidden_layers,
    width: config.hidden_size,
    heads,
    keyValueHeads: config.num_key_value_heads ?? heads,
    headWidth: config.hidden_size / heads,
    feedForwardWidth: config.intermediate_size,
    vocabulary: config.vocab_size,
    contextLength: config.max_position_embeddings ?? 2048,
    normEpsilon: config.rms_norm_eps ?? 1e-5,
    ropeBase: config.rope_theta ?? 10000,
    ropeScale: 1,
    tied: config.tie_word_embeddings ?? false,
  };
}

function sizeMetadata(sizes: ModelSizes): Metadata {
  const u32 = (value: number): MetadataValue => ({ type: "u32", value });
  const f32 = (value: number): MetadataValue => ({ type: "f32", value });
  return new Map<string, MetadataValue>([
    ["general.architecture", { type: "string", value: "llama" }],
    ["general.file_type", u32(0)],
    ["llama.context_length", u32(sizes.contextLength)],
    ["llama.embedding_length", u32(sizes.width)],
    ["llama.block_count", u32(sizes.layers)],
    ["llama.feed_forward_length", u32(sizes.feedForwardWidth)],
    ["llama.attention.head_count", u32(sizes.heads)],
    ["llama.attention.head_count_kv", u32(sizes.keyValueHeads)],
    ["llama.attention.layer_norm_rms_epsilon", f32(sizes.normEpsilon)],
    ["llama.rope.dimension_count", u32(sizes.headWidth)],
    ["llama.rope.freq_base", f32(sizes.ropeBase)],
    ["llama.vocab_size", u32(sizes.vocabulary)],
  ]);
}
