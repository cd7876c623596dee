import { codecOf } from "../quantize/codecs.ts";
import type { Recoding } from "../quantize/recode-tensor.ts";
import { countValues, type TensorSource } from "../tensors/tensor-source.ts";
import { isEmbedding, type LoraPair } from "./adapter.ts";
import { Product } from "./product.ts";

/** A pair, and how strongly it is to act. */
export interface WeightedPair {
  readonly pair: LoraPair;
  readonly scale: number;
}

/** Adds the products of some pairs to a tensor's numbers. The pairs are read for its first rows, and let go with its last. */
export function addProducts(
  { shape }: TensorSource,
  pairs: readonly WeightedPair[],
): NonNullable<Recoding["change"]> {
  const [rows = 0, columns = 0] = shape;
  let products: Promise<Product[]> | undefined;
  return async (values, firstRow) => {
    products ??= Promise.all(pairs.map(readProduct));
    for (const product of await products) product.addTo(values, firstRow);
    if (firstRow + values.length / columns === rows) products = undefined;
  };
}

async function readProduct({ pair, scale }: WeightedPair): Promise<Product> {
  const { a, b, rank, alpha, target } = pair;
  const [readA, readB] = [await readValues(a), await readValues(b)];
  const strength = (scale * alpha) / rank;
  if (isEmbedding(target)) return new Product(readA, transpose(readB, rank), rank, strength);
  return new Product(readB, readA, rank, strength);
}

async function readValues(tensor: TensorSource): Promise<Float32Array> {
  const values = new Float32Array(countValues(tensor.shape));
  codecOf(tensor.type).decode(await tensor.read(0, tensor.byteLength), values);
  return values;
}

/** `[rows, columns]` as `[columns, rows]`. */
function transpose(values: Float32Array, columns: number): Float32Array {
  const rows = values.length / columns;
  return values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)] as number);
}
