/** The sizes of a Llama, from which follow the names and shapes of all its tensors. */
export interface LlamaShape {
  readonly layers: number;
  readonly hidden: number;
  readonly feedForward: number;
  readonly heads: number;
  /** Heads of keys and values: fewer than the others in the 70B. */
  readonly kvHeads: number;
  readonly vocabulary: number;
}

/** A tensor of a Llama: what it is called in either world, and its shape. */
export interface LlamaTensor {
  readonly gguf: string;
  readonly huggingFace: string;
  /** Outermost first. */
  readonly shape: readonly number[];
  /** Heads whose rows the two worlds order differently; undefined for all but `q` and `k`. */
  readonly heads?: number | undefined;
}

/**
 * All tensors of a Llama, in the order in which we write them into a GGUF.
 *
 * Source: ggml-org/llama.cpp, `gguf-py/gguf/tensor_mapping.py`.
 *
 * @param shape - the model's sizes
 * @param isTied - whether the output uses the embedding's matrix, and so has none of its own
 */
export function listTensors(shape: LlamaShape, isTied: boolean): LlamaTensor[] {
  const { hidden, vocabulary, layers } = shape;
  return [
    tensor("token_embd", "model.embed_tokens", [vocabulary, hidden]),
    ...Array.from({ length: layers }, (_, layer) => listLayer(shape, layer)).flat(),
    tensor("output_norm", "model.norm", [hidden]),
    ...(isTied ? [] : [tensor("output", "lm_head", [vocabulary, hidden])]),
  ];
}

function listLayer(shape: LlamaShape, layer: number): LlamaTensor[] {
  const { hidden, feedForward, heads, kvHeads } = shape;
  const kv = (hidden / heads) * kvHeads;
  const inLayer = (gguf: string, huggingFace: string, sizes: number[], permutedHeads?: number) =>
    tensor(`blk.${layer}.${gguf}`, `model.layers.${layer}.${huggingFace}`, sizes, permutedHeads);
  return [
    inLayer("attn_norm", "input_layernorm", [hidden]),
    inLayer("attn_q", "self_attn.q_proj", [hidden, hidden], heads),
    inLayer("attn_k", "self_attn.k_proj", [kv, hidden], kvHeads),
    inLayer("attn_v", "self_attn.v_proj", [kv, hidden]),
    inLayer("attn_output", "self_attn.o_proj", [hidden, hidden]),
    inLayer("ffn_norm", "post_attention_layernorm", [hidden]),
    inLayer("ffn_gate", "mlp.gate_proj", [feedForward, hidden]),
    inLayer("ffn_up", "mlp.up_proj", [feedForward, hidden]),
    inLayer("ffn_down", "mlp.down_proj", [hidden, feedForward]),
  ];
}

function tensor(gguf: string, huggingFace: string, shape: number[], heads?: number): LlamaTensor {
  return { gguf: `${gguf}.weight`, huggingFace: `${huggingFace}.weight`, shape, heads };
}
