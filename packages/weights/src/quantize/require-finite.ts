import { WeightsError } from "../error.ts";
import { layoutOf, type TensorType } from "../tensors/tensor-type.ts";

/** Where a block has its half-precision scales: a weight that is no number shows there, as does one that is too large. */
const SCALES: Partial<Record<TensorType, readonly number[]>> = {
  F16: [0],
  Q8_0: [0],
  Q4_0: [0],
  Q4_1: [0, 2],
  Q5_0: [0],
  Q5_1: [0, 2],
  Q2_K: [80, 82],
  Q3_K: [108],
  Q4_K: [0, 2],
  Q5_K: [0, 2],
  Q6_K: [208],
};

/**
 * Refuses blocks with a scale that is infinite or no number: a model with one answers nonsense.
 *
 * @throws WeightsError `BAD_TENSOR`
 */
export function requireFinite(name: string, type: TensorType, bytes: Uint8Array): void {
  const block = layoutOf(type).bytes;
  for (const scale of SCALES[type] ?? []) {
    // The exponent's five bits, all set, are in the second byte.
    for (let at = scale + 1; at < bytes.length; at += block) {
      if (((bytes[at] as number) & 0x7c) === 0x7c) throw notFinite(name, type);
    }
  }
}

function notFinite(name: string, type: TensorType): WeightsError {
  return new WeightsError(
    "BAD_TENSOR",
    `Tensor ${name} has a weight that is infinite, no number, or too large for ${type}. The model is damaged, unless its weights are that large: BF16 and F32 hold them.`,
  );
}
