import { WeightsError } from "../error.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import { layoutOf } from "../tensors/tensor-type.ts";

/** Headers are filled up with spaces to a multiple of this, as safetensors' own writer does. */
const ALIGNMENT = 8;

/**
 * Lays out a safetensors file: its header with the length before it.
 *
 * @throws WeightsError `UNSUPPORTED` for a tensor of a type that safetensors has not
 */
export function encodeHeader(
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>>,
): { bytes: Uint8Array; fileBytes: number } {
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push(["__metadata__", metadata]);
  let offset = 0;
  for (const { name, type, shape, byteLength } of tensors) {
    if (!layoutOf(type).safetensors) {
      const advice = "dequantise it to F16 or F32 first";
      throw new WeightsError(
        "UNSUPPORTED",
        `Tensor ${name} is of type ${type}, which safetensors cannot hold: ${advice}.`,
      );
    }
    entries.push([name, { dtype: type, shape, data_offsets: [offset, offset + byteLength] }]);
    offset += byteLength;
  }
  const header = Object.fromEntries(entries);
  if (Object.keys(header).length !== entries.length) {
    throw new WeightsError("UNSUPPORTED", "Two of the tensors have the same name.");
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT;
  const bytes = Buffer.alloc(8 + length, " ");
  bytes.writeBigUInt64LE(BigInt(length));
  bytes.set(json, 8);
  return { bytes, fileBytes: bytes.length + offset };
}
