import { type Encode, loadEncoder } from "../quantize/codecs.ts";
import { recodeTensor } from "../quantize/recode-tensor.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { TensorType } from "../tensors/tensor-type.ts";

/**
 * Tensors as ones of other types, computed when they are read. Those that have their type already stay as they are.
 *
 * @param typeOf - the type that a tensor is to have
 * @param libDir - the folder with ggml's library, for types that only ggml makes
 * @throws WeightsError `MISSING_LIBRARY` or `UNSUPPORTED`
 */
export async function castTensors(
  tensors: Iterable<TensorSource>,
  typeOf: (tensor: TensorSource) => TensorType,
  libDir?: string | undefined,
): Promise<TensorSource[]> {
  const encoders = new Map<TensorType, Encode>();
  const cast: TensorSource[] = [];
  for (const tensor of tensors) {
    const type = typeOf(tensor);
    if (type === tensor.type) {
      cast.push(tensor);
      continue;
    }
    const encode = encoders.get(type) ?? (await loadEncoder(type, { libDir }));
    encoders.set(type, encode);
    cast.push(recodeTensor(tensor, { type, encode }));
  }
  return cast;
}
