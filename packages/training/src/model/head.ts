import type { Tensor } from "../ggml/handles.ts";
import { norm } from "./norm.ts";
import { addToGradient, type Pass } from "./pass.ts";

/** Tokens whose logits are in memory at once: with 32,000 pieces of vocabulary, 16 MB. */
export const HEAD_TOKENS = 128;

/** The tokens that carry loss, in pieces of at most `HEAD_TOKENS`. */
export interface HeadPiece {
  readonly count: number;
  /** I32 and I64 `[count]`: which tokens of the row. */
  readonly rows: Tensor;
  readonly rows64: Tensor;
  /** I32 and I64 `[count]`: where the right pieces' logits are, counting through all logits of these tokens. */
  readonly labels: Tensor;
  readonly labels64: Tensor;
  /** F32 `[1, count]`: gets the probabilities of the right pieces. */
  readonly probabilities: Tensor;
}

/**
 * Predicts the next pieces of the tokens that carry loss, and goes back from the cross-entropy:
 * `dlogits = weight · (softmax(logits) - onehot(label))`.
 *
 * @param weight - of a token's loss in the gradient; undefined to evaluate only
 * @returns the gradient of `x`, where one is asked for
 */
export function head(
  pass: Pass,
  x: Tensor,
  pieces: readonly HeadPiece[],
  weight: number | undefined,
): Tensor | undefined {
  const { graph, model } = pass;
  const { operations: op } = graph;
  const name = model.sizes.tied ? "token_embd.weight" : "output.weight";
  const matrix = { name, asF32: model.asF32(graph, name) };
  let dx = weight === undefined ? undefined : op.scale(x, 0);
  for (const piece of pieces) {
    const d = predict(pass, matrix, op.getRows(x, piece.rows), piece, weight);
    if (d && dx) dx = op.setRows(dx, d, piece.rows64);
  }
  return dx;
}

function predict(
  pass: Pass,
  matrix: { readonly name: string; readonly asF32: Tensor },
  x: Tensor,
  { count, labels, labels64, probabilities }: HeadPiece,
  weight: number | undefined,
): Tensor | undefined {
  const { graph, products, model } = pass;
  const { operations: op } = graph;
  const { vocabulary } = model.sizes;
  const final = norm(pass, "output_norm.weight", x);
  const weights = products.needsF32 ? matrix.asF32 : model.tensor(matrix.name);
  const logits = products.apply(graph, weights, final.y);
  const shares = op.reshape2d(op.softMax(logits, null, 1, 0), 1, vocabulary * count);
  const right = op.getRows(shares, labels);
  graph.compute(op.copy(right, probabilities));
  if (weight === undefined) return undefined;
  const beyond = op.setRows(shares, op.scaleAndShift(right, 1, -1), labels64);
  const dLogits = op.scale(op.reshape2d(beyond, vocabulary, count), weight);
  const parameter = model.parameter(matrix.name);
  if (parameter) addToGradient(pass, parameter, final.y, dLogits);
  return final.back(products.applyTransposed(graph, matrix.asF32, dLogits));
}
