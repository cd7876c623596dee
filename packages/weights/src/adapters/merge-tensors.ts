import { castTensors } from "../convert/cast-tensors.ts";
import { WeightsError } from "../error.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import type { TensorType } from "../tensors/tensor-type.ts";
import { addProducts } from "./add-products.ts";
import type { CollectedPairs } from "./collect-pairs.ts";

/**
 * A base's tensors with an adapter's products added, in the base's order. What is neither changed nor of another type
 * stays as it is, to the byte.
 */
export async function mergeTensors(
  base: ModelWeights,
  { pairs }: CollectedPairs,
  typeOf: (tensor: TensorSource) => TensorType,
  options: { readonly base: string; readonly libDir?: string | undefined },
): Promise<TensorSource[]> {
  requireTargets(base, pairs, options.base);
  const changeOf = (tensor: TensorSource) => {
    const changes = pairs.get(tensor.name);
    return changes && addProducts(tensor, changes);
  };
  return castTensors(base.tensors.values(), { typeOf, changeOf, libDir: options.libDir });
}

/** A base can lack tensors that its configuration promises, or have them in another shape. */
function requireTargets(
  { tensors }: ModelWeights,
  pairs: CollectedPairs["pairs"],
  path: string,
): void {
  for (const [name, changes] of pairs) {
    const wanted = changes[0]?.pair.target.shape ?? [];
    const shape = tensors.get(name)?.shape;
    if (shape?.length === 2 && shape.every((size, i) => size === wanted[i])) continue;
    const is = shape === undefined ? "is missing" : `is ${shape.join(" x ")}`;
    throw new WeightsError(
      "BAD_TENSOR",
      `The base ${path} is damaged: by its configuration ${name} is ${wanted.join(" x ")}, and it ${is}.`,
      { path },
    );
  }
}
