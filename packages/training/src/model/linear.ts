import type { Tensor } from "../ggml/handles.ts";
import { addToGradient, type Part, type Pass } from "./pass.ts";

/** What comes back from a linear layer: nothing where what is before it is not trained. */
export type LinearBack = {
  (dy: Tensor, wantsInput?: true): Tensor;
  (dy: Tensor, wantsInput: boolean): Tensor | undefined;
};

/**
 * A linear layer, `y = W·x`, with its adapter where it has one: `y = W·x + s·B·A·x`.
 *
 * Back: `dx = Wᵀ·dy + Aᵀ·du` with `du = s·Bᵀ·dy`; then `dA = du·xᵀ`, `dB = dy·(s·A·x)ᵀ`, and `dW = dy·xᵀ`.
 */
export function linear(pass: Pass, name: string, x: Tensor): Part<LinearBack> {
  const { graph, products, model } = pass;
  const { operations: op } = graph;
  const weights = products.needsF32 ? model.asF32(graph, name) : model.tensor(name);
  const base = products.apply(graph, weights, x);
  const adapter = adapterOf(pass, name, x);
  return {
    y: adapter ? op.add(base, adapter.y) : base,
    back: ((dy: Tensor, wantsInput = true) => {
      const parameter = model.parameter(name);
      if (parameter) addToGradient(pass, parameter, x, dy);
      const fromAdapter = adapter?.back(dy, wantsInput);
      if (!wantsInput) return undefined;
      // Made anew rather than kept since the way forward: a matrix at a time is in memory as F32.
      const dx = products.applyTransposed(graph, model.asF32(graph, name), dy);
      return fromAdapter ? op.add(dx, fromAdapter) : dx;
    }) as LinearBack,
  };
}

function adapterOf(pass: Pass, name: string, x: Tensor): Part<LinearBack> | undefined {
  const { graph, products, model } = pass;
  const { operations: op } = graph;
  const a = model.parameter(`${name}.lora_a`);
  const b = model.parameter(`${name}.lora_b`);
  if (!a || !b) return undefined;
  const u = op.scale(products.apply(graph, a.weights, x), model.adapterScale);
  return {
    y: products.apply(graph, b.weights, u),
    back: ((dy: Tensor, wantsInput = true) => {
      addToGradient(pass, b, u, dy);
      const du = op.scale(products.applyTransposed(graph, b.weights, dy), model.adapterScale);
      addToGradient(pass, a, x, du);
      return wantsInput ? products.applyTransposed(graph, a.weights, du) : undefined;
    }) as LinearBack,
  };
}
