import type { Tensor } from "../ggml/handles.ts";
import { linear } from "./linear.ts";
import type { Part, Pass } from "./pass.ts";

/** Added before SiLU so that dividing by its input is safe at 0; it changes no number larger than 1e-23. */
const NEARLY_ZERO = 1e-30;

/**
 * SwiGLU: `y = down(silu(gate(x)) · up(x))`.
 *
 * Back: `silu'(g) = σ(g) + silu(g) · (1 - σ(g))`, and `σ(g)` is `silu(g) / g`: ggml's SiLU is vectorised on a CPU,
 * its derivative and its sigmoid are not.
 */
export function feedForward(pass: Pass, prefix: string, x: Tensor): Part {
  const { operations: op } = pass.graph;
  const gate = linear(pass, `${prefix}ffn_gate.weight`, x);
  const up = linear(pass, `${prefix}ffn_up.weight`, x);
  const g = op.scaleAndShift(gate.y, 1, NEARLY_ZERO);
  const open = op.silu(g);
  const down = linear(pass, `${prefix}ffn_down.weight`, op.multiply(open, up.y));
  return {
    y: down.y,
    back(dy) {
      const d = down.back(dy);
      const sigmoid = op.divide(open, g);
      const slope = op.add(op.multiply(sigmoid, op.scaleAndShift(open, -1, 1)), open);
      const dUp = up.back(op.multiply(d, open));
      const dGate = gate.back(op.multiply(op.multiply(d, up.y), slope));
      return op.add(dUp, dGate);
    },
  };
}
