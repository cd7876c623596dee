import { codecOf, type Encode } from "../quantize/codecs.ts";
import { recodeTensor } from "../quantize/recode-tensor.ts";
import { countValues, type TensorSource } from "../tensors/tensor-source.ts";
import type { TensorType } from "../tensors/tensor-type.ts";
import { isEmbedding, type LoraPair } from "./adapter.ts";
import { Product } from "./product.ts";

/** A pair, and how strongly it is to act. */
export interface WeightedPair {
  readonly pair: LoraPair;
  readonly scale: number;
}

/** A tensor with the products of some pairs added to it. The pairs are read when its first row is, and let go with its last. */
export function mergedTensor(
  source: TensorSource,
  pairs: readonly WeightedPair[],
  type: TensorType,
  encode: Encode,
): TensorSource {
  const [rows = 0, columns = 0] = source.shape;
  let products: Promise<Product[]> | undefined;
  const change = async (values: Float32Array, firstRow: number) => {
    products ??= Promise.all(pairs.map(readProduct));
    for (const product of await products) product.addTo(values, firstRow);
    if (firstRow + values.length / columns === rows) products = undefined;
  };
  return recodeTensor(source, { type, encode, change });
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
