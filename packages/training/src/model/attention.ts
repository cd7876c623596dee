import type { Tensor } from "../ggml/handles.ts";
import type { RopeArguments } from "../ggml/operations.ts";
import { linear } from "./linear.ts";
import type { Part, Pass } from "./pass.ts";

/**
 * Causal attention with RoPE, over one row of tokens.
 *
 * Heads that share keys and values stand one behind the other, so `[headWidth, tokens, heads]` is at once
 * `[headWidth, tokens * sharing, keyValueHeads]`: one product serves all, and its way back sums over them by itself.
 */
export function attention(
  pass: Pass,
  prefix: string,
  x: Tensor,
): Part<(dy: Tensor, wantsInput: boolean) => Tensor | undefined> {
  const { graph, products, model, tokens, mask } = pass;
  const { operations: op } = graph;
  const { heads, keyValueHeads, headWidth, width } = model.sizes;
  const queries = tokens * (heads / keyValueHeads);
  const query = linear(pass, `${prefix}attn_q.weight`, x);
  const key = linear(pass, `${prefix}attn_k.weight`, x);
  const value = linear(pass, `${prefix}attn_v.weight`, x);

  const q = op.reshape3d(
    byHead(pass, rotate(pass, op.reshape3d(query.y, headWidth, heads, tokens))),
    headWidth,
    queries,
    keyValueHeads,
  );
  const k = byHead(pass, rotate(pass, op.reshape3d(key.y, headWidth, keyValueHeads, tokens)));
  const v = byHead(pass, op.reshape3d(value.y, headWidth, keyValueHeads, tokens));
  const scale = 1 / Math.sqrt(headWidth);
  const scores = op.reshape3d(products.apply(graph, k, q), tokens, tokens, heads);
  const shares = op.reshape3d(op.softMax(scores, mask, scale, 0), tokens, queries, keyValueHeads);
  const mixed = op.reshape3d(products.applyTransposed(graph, v, shares), headWidth, tokens, heads);
  const output = linear(
    pass,
    `${prefix}attn_output.weight`,
    op.reshape2d(byToken(pass, mixed), width, tokens),
  );

  return {
    y: output.y,
    back(dy, wantsInput) {
      const dMixed = op.reshape3d(
        byHead(pass, op.reshape3d(output.back(dy), headWidth, heads, tokens)),
        headWidth,
        queries,
        keyValueHeads,
      );
      const dShares = products.apply(graph, v, dMixed);
      const dv = products.outer(graph, dMixed, shares);
      // Softmax: each score's gradient is its share of what its gradient has beyond the row's average.
      const average = op.sumRows(op.multiply(shares, dShares));
      const dScores = op.scale(op.multiply(shares, op.subtract(dShares, average)), scale);
      const dq = op.reshape3d(
        products.applyTransposed(graph, k, dScores),
        headWidth,
        tokens,
        heads,
      );
      const dk = products.outer(graph, q, dScores);
      const flat = (d: Tensor, count: number) => op.reshape2d(d, headWidth * count, tokens);
      const parts = [
        query.back(flat(rotateBack(pass, byToken(pass, dq)), heads), wantsInput),
        key.back(flat(rotateBack(pass, byToken(pass, dk)), keyValueHeads), wantsInput),
        value.back(flat(byToken(pass, dv), keyValueHeads), wantsInput),
      ].filter((part) => part !== undefined);
      return parts.length > 0 ? parts.reduce((a, b) => op.add(a, b)) : undefined;
    },
  };
}

/** `[headWidth, heads, tokens]` to `[headWidth, tokens, heads]`. */
function byHead({ graph: { operations: op } }: Pass, x: Tensor): Tensor {
  return op.contiguous(op.permute(x, 0, 2, 1, 3));
}

/** The same again is the way back. */
const byToken = byHead;

function rotate(pass: Pass, x: Tensor): Tensor {
  return pass.graph.operations.rope(...ropeArguments(pass, x));
}

function rotateBack(pass: Pass, x: Tensor): Tensor {
  return pass.graph.operations.ropeBack(...ropeArguments(pass, x));
}

/** Rotates neighbours, as Llama's GGUFs have them. */
const NEIGHBOURS = 0;

function ropeArguments({ model, positions }: Pass, x: Tensor): RopeArguments {
  const { headWidth, ropeBase, ropeScale } = model.sizes;
  return [x, positions, null, headWidth, NEIGHBOURS, 0, ropeBase, ropeScale, 0, 1, 32, 1];
}
