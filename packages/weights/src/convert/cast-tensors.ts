import type { RoundingError } from "../gptq/rounding-error.ts";
import { codecOf, type Encode, loadEncoder } from "../quantize/codecs.ts";
import { type Recoding, recodeTensor } from "../quantize/recode-tensor.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { TensorType } from "../tensors/tensor-type.ts";

/** What tensors become. */
export interface Casting {
  /** The type that a tensor is to have. */
  readonly typeOf: (tensor: TensorSource) => TensorType;
  /** What changes a tensor's numbers, where something does. */
  readonly changeOf?: (tensor: TensorSource) => Recoding["change"];
  /** What adds up how far a tensor's numbers are off in their new type, where somebody wants to know. */
  readonly lossOf?: (tensor: TensorSource) => RoundingError | undefined;
  /** The folder with ggml's library, for types that only ggml makes. */
  readonly libDir?: string | undefined;
}

/**
 * Tensors as ones of other types or numbers, computed when they are read. What changes in neither stays as it is, to the
 * byte.
 *
 * @throws WeightsError `MISSING_LIBRARY` or `UNSUPPORTED`
 */
export async function castTensors(
  tensors: Iterable<TensorSource>,
  { typeOf, changeOf, lossOf, libDir }: Casting,
): Promise<TensorSource[]> {
  const encoders = new Map<TensorType, Encode>();
  const cast: TensorSource[] = [];
  for (const tensor of tensors) {
    const type = typeOf(tensor);
    const change = changeOf?.(tensor);
    if (type === tensor.type && change === undefined) {
      cast.push(tensor);
      continue;
    }
    const encode = encoders.get(type) ?? (await loadEncoder(type, { libDir }));
    encoders.set(type, encode);
    const loss = lossOf?.(tensor);
    const encodeAndTell = loss === undefined ? encode : measureLoss(encode, type, loss);
    cast.push(recodeTensor(tensor, { type, encode: encodeAndTell, change }));
  }
  return cast;
}

/** Encodes, and looks what came of each number. */
function measureLoss(encode: Encode, type: TensorType, loss: RoundingError): Encode {
  const { decode } = codecOf(type);
  return async (values, bytes) => {
    await encode(values, bytes);
    const found = new Float32Array(values.length);
    decode(bytes, found);
    for (const [index, value] of values.entries()) loss.add((found[index] as number) - value, 1);
  };
}
