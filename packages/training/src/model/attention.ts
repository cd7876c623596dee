import type { Tensor } from "../ggml/handles.ts";
import type { RopeArguments } from "../ggml/operations.ts";
import { shapeOf } from "../ggml/shape.ts";
import { attendWithin } from "./attend-within.ts";
import { linear } from "./linear.ts";
import type { Part, Pass } from "./pass.ts";

/** Causal attention with RoPE, over one row of tokens: span by span, as no token sees another span's. */
export function attention(
  pass: Pass,
  prefix: string,
  x: Tensor,
): Part<(dy: Tensor, wantsInput: boolean) => Tensor | undefined> {
  const { graph } = pass;
  const { operations: op } = graph;
  const query = linear(pass, `${prefix}attn_q.weight`, x);
  const key = linear(pass, `${prefix}attn_k.weight`, x);
  const value = linear(pass, `${prefix}attn_v.weight`, x);
  const heads = { query: rotate(pass, query.y), key: rotate(pass, key.y), value: value.y };
  const attended = pass.spans.map((span) => attendWithin(pass, span, heads));
  const joined = joinTokens(
    pass,
    attended.map(({ y }) => y),
  );
  const output = linear(pass, `${prefix}attn_output.weight`, joined);

  return {
    y: output.y,
    back(dy, wantsInput) {
      const dJoined = output.back(dy);
      const backs = attended.map(({ back }) => back(dJoined));
      const join = (name: keyof typeof heads) =>
        joinTokens(
          pass,
          backs.map((back) => back[name]),
        );
      const parts = [
        query.back(rotateBack(pass, join("query")), wantsInput),
        key.back(rotateBack(pass, join("key")), wantsInput),
        value.back(join("value"), wantsInput),
      ].filter((part) => part !== undefined);
      return parts.length > 0 ? parts.reduce((a, b) => op.add(a, b)) : undefined;
    },
  };
}

/** `[width, tokens]` of each span, one behind the other. */
function joinTokens({ graph }: Pass, parts: readonly Tensor[]): Tensor {
  return parts.reduce((before, part) => graph.operations.concatenate(before, part, 1));
}

function rotate(pass: Pass, x: Tensor): Tensor {
  return byHeads(pass, x, pass.graph.operations.rope);
}

function rotateBack(pass: Pass, x: Tensor): Tensor {
  return byHeads(pass, x, pass.graph.operations.ropeBack);
}

/** Rotates neighbours, as Llama's GGUFs have them. */
const NEIGHBOURS = 0;

/** `[width, tokens]`, rotated as `[headWidth, heads, tokens]`. */
function byHeads(
  { graph, model, positions, tokens }: Pass,
  x: Tensor,
  turn: (...rope: RopeArguments) => Tensor,
): Tensor {
  const { operations: op } = graph;
  const { headWidth, ropeBase, ropeScale } = model.sizes;
  const [width] = shapeOf(x);
  const heads = op.reshape3d(x, headWidth, width / headWidth, tokens);
  const rest = [headWidth, NEIGHBOURS, 0, ropeBase, ropeScale, 0, 1, 32, 1] as const;
  return op.reshape2d(turn(heads, positions, null, ...rest), width, tokens);
}
