import { numberOf, stringOf } from "./gguf/header.ts";
import type { ModelHeader } from "./model-header.ts";

/** Sizes of a model that its memory depends on. */
export interface ModelSizes {
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values: fewer than `heads` where several share one (grouped-query attention). */
  readonly kvHeads: number;
  /** Values of a head. */
  readonly headSize: number;
  readonly embeddingSize: number;
  readonly feedForwardSize: number;
  readonly vocabularySize: number;
  /** Tokens of context it was trained on. */
  readonly contextSize: number;
}

/** Reads a model's sizes. What a header does not have, or not as a number, is 0. */
export function readSizes(header: ModelHeader): ModelSizes {
  const architecture = stringOf(header, "general.architecture");
  const size = (key: string) => numberOf(header, `${architecture}.${key}`) ?? 0;
  const heads = size("attention.head_count");
  const tokens = header.metadata.get("tokenizer.ggml.tokens");
  return {
    layers: size("block_count"),
    heads,
    kvHeads: size("attention.head_count_kv") || heads,
    headSize: size("attention.key_length") || (heads && size("embedding_length") / heads),
    embeddingSize: size("embedding_length"),
    feedForwardSize: size("feed_forward_length"),
    vocabularySize: tokens?.type === "array" ? tokens.length : 0,
    contextSize: size("context_length"),
  };
}
