import { HALVES, halfBits } from "../../src/quantize/half.ts";
import type { ModelWeights } from "../../src/tensors/model-weights.ts";
import { memoryTensor, type TensorSource } from "../../src/tensors/tensor-source.ts";
import type { TensorType } from "../../src/tensors/tensor-type.ts";
import { createRandom } from "../quantize/random.ts";

/** What a made layer is like. */
export interface LayerOptions {
  readonly name?: string;
  readonly inputs?: number;
  readonly outputs?: number;
  /** Inputs in a group. */
  readonly groupSize?: number;
  /** The zero points: all 8, or any from 0 to 15. */
  readonly isSymmetric?: boolean;
  /** What the file's zero points lack. */
  readonly zeroOffset?: 0 | 1;
  /** Ordered by activation: neighbours are of other groups. */
  readonly isActOrder?: boolean;
  readonly hasGroupIndex?: boolean;
}

/** A GPTQ layer with random levels, as AutoGPTQ packs it, and the weights that it stands for. */
export function packedLayer(options: LayerOptions = {}): {
  tensors: TensorSource[];
  weights: Float32Array;
} {
  const {
    name = "model.layers.0.mlp.up_proj",
    inputs = 256,
    outputs = 64,
    groupSize = 128,
  } = options;
  const { isSymmetric = true, zeroOffset = 1, isActOrder = false, hasGroupIndex = true } = options;
  const random = createRandom(7);
  const count = inputs / groupSize;
  const levels = Uint8Array.from({ length: inputs * outputs }, () => random() * 16);
  const zeros = Uint8Array.from({ length: count * outputs }, () =>
    isSymmetric ? 8 : random() * 16,
  );
  const scales = Uint16Array.from({ length: count * outputs }, () =>
    halfBits(0.001 + random() / 50),
  );
  const groups = Int32Array.from({ length: inputs }, (_, i) =>
    Math.floor((isActOrder ? (i * 7) % inputs : i) / groupSize),
  );
  const qweight = new Int32Array((inputs / 8) * outputs);
  const qzeros = new Int32Array((count * outputs) / 8);
  const weights = new Float32Array(inputs * outputs);
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < outputs; o++) {
      const level = levels[i * outputs + o] as number;
      const place = (i >> 3) * outputs + o;
      qweight[place] = (qweight[place] as number) | (level << (4 * (i & 7)));
      const group = (groups[i] as number) * outputs + o;
      const scale = HALVES[scales[group] as number] as number;
      weights[o * inputs + i] = scale * (level - (zeros[group] as number));
    }
  }
  for (const [i, zero] of zeros.entries()) {
    const stored = (zero - zeroOffset) & 15;
    qzeros[i >> 3] = (qzeros[i >> 3] as number) | (stored << (4 * (i & 7)));
  }
  const tensor = (part: string, type: TensorType, shape: number[], data: ArrayBufferView) =>
    memoryTensor({ name: `${name}.${part}`, type, shape, bytes: new Uint8Array(data.buffer) });
  const tensors = [
    tensor("qweight", "I32", [inputs / 8, outputs], qweight),
    tensor("qzeros", "I32", [count, outputs / 8], qzeros),
    tensor("scales", "F16", [count, outputs], scales),
    ...(hasGroupIndex ? [tensor("g_idx", "I32", [inputs], groups)] : []),
  ];
  return { tensors, weights };
}

/** An open model of some tensors. */
export function modelOf(tensors: readonly TensorSource[]): ModelWeights {
  return {
    format: "safetensors",
    metadata: new Map(),
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    close: async () => {},
  };
}
