import type { TensorSource } from "../../src/tensors/tensor-source.ts";

/** What the computation needs to know of a Llama. */
export interface ReferenceSizes {
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly layers: number;
}

/** How rotary embeddings pair the values of a head: neighbours, or one of each half. */
export type Pairing = "neighbours" | "halves";

type Weights = ReadonlyMap<string, Float32Array>;

/**
 * A Llama in plain arithmetic of double precision, written after the paper for these tests alone: it shares nothing
 * with what converts. Returns the logits of the last position.
 *
 * @param weights - tensors by transformers' names
 * @param pairing - `halves` for rows ordered as in transformers, `neighbours` for those of Meta's code and of a GGUF
 */
export function referenceLogits(
  weights: Weights,
  sizes: ReferenceSizes,
  ids: readonly number[],
  pairing: Pairing,
): Float64Array {
  const { hidden, heads, kvHeads, layers } = sizes;
  const size = hidden / heads;
  const get = (name: string) => weights.get(`${name}.weight`) as Float32Array;
  const embedding = get("model.embed_tokens");
  const states = ids.map((id) =>
    Float64Array.from(embedding.subarray(id * hidden, (id + 1) * hidden)),
  );
  for (let layer = 0; layer < layers; layer++) {
    const at = (name: string) => get(`model.layers.${layer}.${name}`);
    const normed = states.map((state) => norm(state, at("input_layernorm")));
    const project = (name: string) =>
      normed.map((state) => multiply(at(`self_attn.${name}_proj`), state));
    const turn = (vectors: Float64Array[]) =>
      vectors.map((vector, position) => rotate(vector, position, size, pairing));
    const mixed = attend(turn(project("q")), turn(project("k")), project("v"), {
      size,
      heads,
      kvHeads,
    });
    for (const [position, state] of states.entries()) {
      add(state, multiply(at("self_attn.o_proj"), mixed[position] as Float64Array));
      const input = norm(state, at("post_attention_layernorm"));
      const up = multiply(at("mlp.up_proj"), input);
      const gate = multiply(at("mlp.gate_proj"), input);
      const gated = gate.map(
        (value, index) => (value / (1 + Math.exp(-value))) * (up[index] as number),
      );
      add(state, multiply(at("mlp.down_proj"), gated));
    }
  }
  const output = weights.get("lm_head.weight") ?? embedding;
  return multiply(output, norm(states.at(-1) as Float64Array, get("model.norm")));
}

/** Each position looks at itself and those before it, head by head; several heads share one of keys and values. */
function attend(
  queries: Float64Array[],
  keys: Float64Array[],
  values: Float64Array[],
  { size, heads, kvHeads }: { size: number; heads: number; kvHeads: number },
): Float64Array[] {
  return queries.map((query, position) => {
    const mixed = new Float64Array(query.length);
    for (let head = 0; head < heads; head++) {
      const ownPart = [head * size, (head + 1) * size] as const;
      const kv = Math.floor(head / (heads / kvHeads));
      const kvPart = [kv * size, (kv + 1) * size] as const;
      const seen = keys.slice(0, position + 1);
      const scores = seen.map(
        (key) => dot(query.subarray(...ownPart), key.subarray(...kvPart)) / Math.sqrt(size),
      );
      for (const [index, weight] of softmax(scores).entries()) {
        const value = (values[index] as Float64Array).subarray(...kvPart);
        add(
          mixed.subarray(...ownPart),
          value.map((item) => item * weight),
        );
      }
    }
    return mixed;
  });
}

/** Logits as the logarithms of probabilities. */
export function logSoftmax(logits: Float64Array): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return logits.map((logit) => logit - most - Math.log(sum));
}

/** All weights of some tensors of F32. */
export async function readWeights(
  tensors: Iterable<TensorSource>,
): Promise<Map<string, Float32Array>> {
  const weights = new Map<string, Float32Array>();
  for (const tensor of tensors) {
    weights.set(
      tensor.name,
      new Float32Array((await tensor.read(0, tensor.byteLength)).slice().buffer),
    );
  }
  return weights;
}

function rotate(
  vector: Float64Array,
  position: number,
  size: number,
  pairing: Pairing,
): Float64Array {
  const turned = Float64Array.from(vector);
  for (let start = 0; start < vector.length; start += size) {
    for (let i = 0; i < size / 2; i++) {
      const angle = position * 10_000 ** ((-2 * i) / size);
      const a = start + (pairing === "halves" ? i : 2 * i);
      const b = start + (pairing === "halves" ? i + size / 2 : 2 * i + 1);
      const [x, y] = [vector[a] as number, vector[b] as number];
      turned[a] = x * Math.cos(angle) - y * Math.sin(angle);
      turned[b] = x * Math.sin(angle) + y * Math.cos(angle);
    }
  }
  return turned;
}

function multiply(matrix: Float32Array, vector: Float64Array): Float64Array {
  const columns = vector.length;
  return Float64Array.from({ length: matrix.length / columns }, (_, row) =>
    dot(matrix.subarray(row * columns, (row + 1) * columns), vector),
  );
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function norm(state: Float64Array, weight: Float32Array): Float64Array {
  const root = Math.sqrt(dot(state, state) / state.length + 1e-5);
  return state.map((value, index) => (value / root) * (weight[index] as number));
}

function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function add(state: Float64Array, other: Float64Array): void {
  for (let i = 0; i < state.length; i++) state[i] = (state[i] as number) + (other[i] as number);
}
