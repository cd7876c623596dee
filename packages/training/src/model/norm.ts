import type { Tensor } from "../ggml/handles.ts";
import { shapeOf } from "../ggml/shape.ts";
import { addToGradient, type Part, type Pass } from "./pass.ts";

/**
 * RMSNorm: `y = w · x / rms(x)` for each token, with `rms(x) = sqrt(mean(x²) + ε)`.
 *
 * Back, with `n = x / rms(x)`: `dx = (w·dy - n · mean(w·dy·n)) / rms(x)`, and `dw` is the sum of `dy·n` over tokens.
 */
export function norm(pass: Pass, name: string, x: Tensor): Part {
  const { graph, model, ones } = pass;
  const { operations: op } = graph;
  const { width, normEpsilon } = model.sizes;
  const weights = model.tensor(name);
  const normalized = op.rmsNorm(x, normEpsilon);
  return {
    y: op.multiply(normalized, weights),
    back(dy) {
      const parameter = model.parameter(name);
      const one = op.view2d(ones, 1, shapeOf(x)[1], Float32Array.BYTES_PER_ELEMENT, 0);
      if (parameter) addToGradient(pass, parameter, op.multiply(dy, normalized), one);
      const d = op.multiply(dy, weights);
      const along = op.scale(op.sumRows(op.multiply(d, normalized)), 1 / width);
      const rms = op.squareRoot(op.scaleAndShift(op.sumRows(op.square(x)), 1 / width, normEpsilon));
      return op.divide(op.subtract(d, op.multiply(normalized, along)), rms);
    },
  };
}
