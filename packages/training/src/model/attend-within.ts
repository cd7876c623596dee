import type { Tensor } from "../ggml/handles.ts";
import { shapeOf } from "../ggml/shape.ts";
import type { Part, Pass, Span } from "./pass.ts";

/** `[width, tokens]` each; keys and values have fewer heads than queries where heads share them. */
interface Heads {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
}

/**
 * Attention among the tokens of a span.
 *
 * Heads that share keys and values stand one behind the other, so `[headWidth, tokens, heads]` is at once
 * `[headWidth, tokens * sharing, keyValueHeads]`: one product serves all, and its way back sums over them by itself.
 *
 * @param row - of all tokens of the row; `back` takes the gradient of the whole row too
 * @returns `[width, tokens of the span]`; back, gradients of the span's tokens alone
 */
export function attendWithin(pass: Pass, span: Span, row: Heads): Part<(dy: Tensor) => Heads> {
  const { graph, products, model } = pass;
  const { operations: op } = graph;
  const { heads, keyValueHeads, headWidth } = model.sizes;
  const { length, mask } = span;
  const queries = length * (heads / keyValueHeads);
  const bySharing = (x: Tensor) => op.reshape3d(x, headWidth, queries, keyValueHeads);
  const byHead = (x: Tensor) => op.reshape3d(x, headWidth, length, heads);

  const q = bySharing(splitHeads(pass, span, row.query));
  const k = splitHeads(pass, span, row.key);
  const v = splitHeads(pass, span, row.value);
  const scale = 1 / Math.sqrt(headWidth);
  const scores = op.reshape3d(products.apply(graph, k, q), length, length, heads);
  const shares = op.reshape3d(op.softMax(scores, mask, scale, 0), length, queries, keyValueHeads);
  const mixed = products.applyTransposed(graph, v, shares);

  return {
    y: mergeHeads(pass, byHead(mixed)),
    back(dy) {
      const dMixed = bySharing(splitHeads(pass, span, dy));
      const dShares = products.apply(graph, v, dMixed);
      const dv = products.outer(graph, dMixed, shares);
      const dScores = pass.softMaxBack(graph, dShares, shares, scale);
      const dq = products.applyTransposed(graph, k, dScores);
      const dk = products.outer(graph, q, dScores);
      return {
        query: mergeHeads(pass, byHead(dq)),
        key: mergeHeads(pass, dk),
        value: mergeHeads(pass, dv),
      };
    },
  };
}

/** The span's part of `[width, tokens]`, as `[headWidth, length, heads]`. */
function splitHeads({ graph, model }: Pass, { start, length }: Span, x: Tensor): Tensor {
  const { operations: op } = graph;
  const { headWidth } = model.sizes;
  const [width] = shapeOf(x);
  const rowBytes = width * Float32Array.BYTES_PER_ELEMENT;
  const part = op.view2d(x, width, length, rowBytes, start * rowBytes);
  const heads = op.reshape3d(part, headWidth, width / headWidth, length);
  return op.contiguous(op.permute(heads, 0, 2, 1, 3));
}

/** `[headWidth, length, heads]` to `[width, length]`. */
function mergeHeads({ graph: { operations: op } }: Pass, x: Tensor): Tensor {
  const [headWidth, length, heads] = shapeOf(x);
  return op.reshape2d(op.contiguous(op.permute(x, 0, 2, 1, 3)), headWidth * heads, length);
}
