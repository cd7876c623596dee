import type { Tensor } from "../ggml/handles.ts";
import { attention } from "./attention.ts";
import { feedForward } from "./feed-forward.ts";
import { norm } from "./norm.ts";
import type { Part, Pass } from "./pass.ts";

/**
 * One of Llama's blocks: `h = x + attention(norm(x))`, `y = h + feedForward(norm(h))`.
 *
 * @returns its output; back, the input's gradient, or undefined where nothing wants it
 */
export function block(
  pass: Pass,
  layer: number,
  x: Tensor,
): Part<(dy: Tensor, wantsInput: boolean) => Tensor | undefined> {
  const { operations: op } = pass.graph;
  const prefix = `blk.${layer}.`;
  const attentionNorm = norm(pass, `${prefix}attn_norm.weight`, x);
  const attended = attention(pass, prefix, attentionNorm.y);
  const h = op.add(x, attended.y);
  const feedForwardNorm = norm(pass, `${prefix}ffn_norm.weight`, h);
  const fed = feedForward(pass, prefix, feedForwardNorm.y);
  return {
    y: op.add(h, fed.y),
    back(dy, wantsInput) {
      const dh = op.add(dy, feedForwardNorm.back(fed.back(dy)));
      const d = attended.back(dh, wantsInput);
      return d ? op.add(dh, attentionNorm.back(d)) : undefined;
    },
  };
}
