import { describe, WeightsError } from "../error.ts";
import { rowsAndColumns, type TensorSource } from "./tensor-source.ts";
import { rowBytes } from "./tensor-type.ts";

/**
 * The rows that a read asks for: of a tensor that is computed when it is read, whole ones.
 *
 * @throws WeightsError `BAD_OPTION` for parts of rows, and for what is not in the tensor
 */
export function askedRows(
  { name, shape, type }: Pick<TensorSource, "name" | "shape" | "type">,
  offset: number,
  length: number,
): { readonly first: number; readonly count: number } {
  const { rows, columns } = rowsAndColumns(shape);
  const bytesPerRow = rowBytes(type, columns);
  const [first, count] = [offset / bytesPerRow, length / bytesPerRow];
  const isThere = first >= 0 && count >= 0 && first + count <= rows;
  if (isThere && Number.isInteger(first) && Number.isInteger(count)) return { first, count };
  const asked = `${describe(length)} bytes from ${describe(offset)}`;
  throw new WeightsError(
    "BAD_OPTION",
    `Tensor ${name} is computed when read, so ask for some of its ${rows} rows of ${bytesPerRow} bytes, not for ${asked}.`,
  );
}
