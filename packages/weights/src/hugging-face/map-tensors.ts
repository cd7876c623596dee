import { WeightsError } from "../error.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import { type LlamaShape, listTensors } from "./llama-shape.ts";
import { permuteRows } from "./permute-rows.ts";

/** Tensors of old folders that follow from the configuration, and are left out. */
const DERIVED = /\.rotary_emb\.inv_freq$/;

/** At most so many names stand in a message. */
const SHOWN_NAMES = 5;

/**
 * A Llama's tensors by the names of the other world, with the rows of `q` and `k` in its order. All of them must
 * be there, and no others.
 *
 * @param model - the model to read
 * @param shape - its sizes
 * @param isTied - whether the output uses the embedding's matrix: one of its own is left out then
 * @param to - whose names and order are wanted
 * @throws WeightsError `BAD_TENSOR` or `UNSUPPORTED`
 */
export function mapTensors(
  model: Pick<ModelWeights, "tensors">,
  shape: LlamaShape,
  isTied: boolean,
  to: "gguf" | "huggingFace",
): TensorSource[] {
  const from = to === "gguf" ? "huggingFace" : "gguf";
  const expected = listTensors(shape, isTied);
  refuseOthers(model, new Set(listTensors(shape, false).map((tensor) => tensor[from])));
  return expected.map((tensor) => {
    const source = requireTensor(model, tensor[from], tensor.shape);
    const ordered = tensor.heads === undefined ? source : permuteRows(source, tensor.heads, to);
    return { ...ordered, name: tensor[to] };
  });
}

function refuseOthers(
  { tensors }: Pick<ModelWeights, "tensors">,
  known: ReadonlySet<string>,
): void {
  const others = [...tensors.keys()].filter((name) => !known.has(name) && !DERIVED.test(name));
  if (others.length === 0) return;
  const names = others.slice(0, SHOWN_NAMES).join(", ");
  const more = others.length > SHOWN_NAMES ? ` and ${others.length - SHOWN_NAMES} more` : "";
  throw new WeightsError(
    "UNSUPPORTED",
    `The model has tensors that no Llama 2 has: ${names}${more}.`,
  );
}

function requireTensor(
  { tensors }: Pick<ModelWeights, "tensors">,
  name: string,
  shape: readonly number[],
): TensorSource {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new WeightsError("BAD_TENSOR", `The model lacks tensor ${name}.`);
  if (
    tensor.shape.length === shape.length &&
    tensor.shape.every((size, index) => size === shape[index])
  ) {
    return tensor;
  }
  const shapes = `[${tensor.shape.join(", ")}], where its configuration asks for [${shape.join(", ")}]`;
  throw new WeightsError("BAD_TENSOR", `Tensor ${name} has the shape ${shapes}.`);
}
