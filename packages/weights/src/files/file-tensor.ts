import { describe, WeightsError } from "../error.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import { type OpenFile, readBytes } from "./open-file.ts";

/** A tensor that stands in a file from a place on. */
export function fileTensor(
  file: OpenFile,
  start: number,
  facts: Pick<TensorSource, "name" | "shape" | "type" | "byteLength">,
): TensorSource {
  const { name, shape, type, byteLength } = facts;
  return {
    name,
    shape,
    type,
    byteLength,
    async read(offset, length, into) {
      if (!(offset >= 0 && length >= 0 && offset + length <= byteLength)) {
        const asked = `${describe(length)} bytes from ${describe(offset)}`;
        throw new WeightsError(
          "BAD_OPTION",
          `Tensor ${name} has ${byteLength} bytes, not ${asked}.`,
        );
      }
      return readBytes(file, start + offset, length, into);
    },
  };
}
