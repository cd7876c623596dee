import type { LlamaConfig } from "./llama-config.ts";
import type { TokenizerData } from "./tokenizer-data.ts";

/** The types that a folder of safetensors can have. */
export type FloatType = "F32" | "F16" | "BF16";

/** What transformers calls them. */
const TORCH_TYPES: Readonly<Record<FloatType, string>> = {
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
};

/** The `config.json` of a Llama, with keys in the order in which transformers writes them. */
export function toConfigJson(
  config: LlamaConfig,
  tokenizer: TokenizerData,
  type: FloatType,
): object {
  const { ropeScaling: scaling } = config;
  return {
    architectures: ["LlamaForCausalLM"],
    attention_bias: false,
    attention_dropout: 0,
    bos_token_id: tokenizer.ids.bos,
    eos_token_id: tokenizer.ids.eos,
    hidden_act: "silu",
    hidden_size: config.hidden,
    initializer_range: 0.02,
    intermediate_size: config.feedForward,
    max_position_embeddings: config.contextLength,
    mlp_bias: false,
    model_type: "llama",
    num_attention_heads: config.heads,
    num_hidden_layers: config.layers,
    num_key_value_heads: config.kvHeads,
    pad_token_id: tokenizer.ids.pad,
    pretraining_tp: 1,
    rms_norm_eps: config.normEpsilon,
    rope_scaling: scaling
      ? {
          type: scaling.type,
          rope_type: scaling.type,
          factor: scaling.factor,
          original_max_position_embeddings: scaling.originalContextLength,
        }
      : null,
    rope_theta: config.ropeTheta,
    tie_word_embeddings: config.isTied,
    torch_dtype: TORCH_TYPES[type],
    use_cache: true,
    vocab_size: config.vocabulary,
  };
}

/** The `generation_config.json`: which ids begin and end texts, and nothing about sampling. */
export function toGenerationConfigJson({ ids }: TokenizerData): object {
  return {
    _from_model_config: true,
    bos_token_id: ids.bos,
    eos_token_id: ids.eos,
    pad_token_id: ids.pad,
  };
}
