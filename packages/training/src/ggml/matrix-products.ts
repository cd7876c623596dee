import type { Device } from "./device.ts";
import type { Graph } from "./graph-runner.ts";
import { F32, type Tensor } from "./handles.ts";
import { shapeOf, typeOf } from "./shape.ts";
import { supports } from "./supports.ts";

/**
 * The three products that training takes of matrices. A matrix of weights is `[in, out]`, activations are
 * `[features, tokens]`; a third size is a batch, the same in both.
 */
export interface MatrixProducts {
  /** Whether weights must be F32. Otherwise `apply` takes them as they are. */
  readonly needsF32: boolean;
  /** `y = W·x`: `[in, out]` and `[in, tokens]` to `[out, tokens]`. */
  apply(graph: Graph, weights: Tensor, x: Tensor): Tensor;
  /** `dx = Wᵀ·dy`: `[in, out]` of F32 and `[out, tokens]` to `[in, tokens]`. */
  applyTransposed(graph: Graph, weights: Tensor, dy: Tensor): Tensor;
  /** `dW = dy·xᵀ`: `[in, tokens]` and `[out, tokens]` to `[in, out]`. */
  outer(graph: Graph, x: Tensor, dy: Tensor): Tensor;
  /** Adds `dy·xᵀ` to a sum that stays; the result must be computed for that. */
  addOuter(graph: Graph, sum: Tensor, x: Tensor, dy: Tensor): Tensor;
  /** Drops what belongs to graphs that have run. */
  forget(): void;
  dispose(): void;
}

/** ggml's own products: with its outer products where the device has them, which needs few copies or none. */
export function ggmlProducts(device: Device): MatrixProducts {
  if (!hasOuterProduct(device)) return withTransposedCopies(device);
  return device.kind === "cpu" ? withFasterProduct(device) : withOuterProduct(device);
}

/** `GGML_PREC_F32`: GPUs would otherwise add up in 16 bits. */
const EXACT = 10;

function multiply(device: Device, { operations }: Graph, a: Tensor, b: Tensor): Tensor {
  const product = operations.multiplyMatrices(a, b);
  if (device.kind !== "cpu") device.ggml.runtime.setPrecision(product, EXACT);
  return product;
}

const NOTHING_KEPT = { forget: () => {}, dispose: () => {} };

function withOuterProduct(device: Device): MatrixProducts {
  return {
    ...NOTHING_KEPT,
    needsF32: false,
    apply: (graph, weights, x) => multiply(device, graph, weights, x),
    applyTransposed: ({ operations }, weights, dy) =>
      operations.outerProduct(weights, operations.transpose(dy)),
    outer: ({ operations }, x, dy) => operations.outerProduct(x, dy),
    addOuter: ({ operations }, sum, x, dy) =>
      operations.addInPlace(sum, operations.outerProduct(x, dy)),
  };
}

/**
 * ggml's product of matrices is twice as fast on a CPU as its outer product, but slow where few numbers are added up.
 * The outer product is slow where its rows are short. An adapter has both, so each product is made of what suits it.
 */
function withFasterProduct(device: Device): MatrixProducts {
  const outerProduct = withOuterProduct(device);
  const outer = (graph: Graph, x: Tensor, dy: Tensor) =>
    isShort(shapeOf(x)[0]) && !isShort(shapeOf(dy)[0])
      ? flip(graph, graph.operations.outerProduct(dy, x))
      : graph.operations.outerProduct(x, dy);
  return {
    ...outerProduct,
    apply(graph, weights, x) {
      if (!isShort(shapeOf(weights)[0]) || typeOf(weights) !== F32) {
        return multiply(device, graph, weights, x);
      }
      const { operations } = graph;
      return operations.outerProduct(flip(graph, weights), operations.transpose(x));
    },
    applyTransposed(graph, weights, dy) {
      const [, outputs] = shapeOf(weights);
      const [, tokens] = shapeOf(dy);
      if (isShort(outputs) || tokens < WORTH_A_COPY) {
        return outerProduct.applyTransposed(graph, weights, dy);
      }
      return multiply(device, graph, flip(graph, weights), dy);
    },
    outer,
    addOuter: (graph, sum, x, dy) => graph.operations.addInPlace(sum, outer(graph, x, dy)),
  };
}

const isShort = (length: number) => length <= 32;
/** Columns from which on a product makes up for a copy of its weights. */
const WORTH_A_COPY = 256;

function flip({ operations }: Graph, a: Tensor): Tensor {
  return operations.contiguous(operations.transpose(a));
}

/** Vulkan and Metal have no outer product. */
export function withTransposedCopies(device: Device): MatrixProducts {
  const outer = (graph: Graph, x: Tensor, dy: Tensor) =>
    multiply(device, graph, flip(graph, x), flip(graph, dy));
  return {
    ...NOTHING_KEPT,
    needsF32: false,
    apply: (graph, weights, x) => multiply(device, graph, weights, x),
    applyTransposed: (graph, weights, dy) => multiply(device, graph, flip(graph, weights), dy),
    outer,
    addOuter: (graph, sum, x, dy) => graph.operations.addInPlace(sum, outer(graph, x, dy)),
  };
}

function hasOuterProduct(device: Device): boolean {
  const { runtime } = device.ggml;
  return supports(device, (operations, context) => {
    const a = runtime.newTensor(context, F32, 32, 16, 2);
    const b = runtime.newTensor(context, F32, 16, 64, 2); // transposed: [64, 16]
    return operations.outerProduct(a, operations.transpose(b));
  });
}
