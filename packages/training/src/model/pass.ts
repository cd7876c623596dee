import type { Graph } from "../ggml/graph-runner.ts";
import type { Tensor } from "../ggml/handles.ts";
import type { MatrixProducts } from "../ggml/matrix-products.ts";
import type { SoftMaxBack } from "../ggml/soft-max-back.ts";
import type { Parameter } from "./parameters.ts";
import type { ModelSizes } from "./sizes.ts";

/** The model that is trained, as graphs see it. */
export interface Model {
  readonly sizes: ModelSizes;
  /** A tensor of the model by its name in the GGUF: one that is trained, or one that stays as it is. */
  tensor(name: string): Tensor;
  /** What is trained under a name; undefined for what is not. */
  parameter(name: string): Parameter | undefined;
  /** Effect of an adapter: alpha / rank. */
  readonly adapterScale: number;
  /** A matrix as F32, whatever it is stored as. */
  asF32(graph: Graph, name: string): Tensor;
}

/** What every part of a graph is described with: forward and back, over one row of tokens. */
export interface Pass {
  readonly graph: Graph;
  readonly products: MatrixProducts;
  readonly softMaxBack: SoftMaxBack;
  readonly model: Model;
  /** Tokens of the row. */
  readonly tokens: number;
  /** I32 `[tokens]`: each token's position in its own example. */
  readonly positions: Tensor;
  /** The row in parts, in order: no token sees one of another part. */
  readonly spans: readonly Span[];
  /** F32 `[1, tokens]`, all 1: what sums columns up. */
  readonly ones: Tensor;
}

/** Tokens that follow each other in a row, of whole examples. */
export interface Span {
  readonly start: number;
  readonly length: number;
  /** F32 `[length, length]`: 0 where a token sees another, otherwise minus infinity. */
  readonly mask: Tensor;
}

/** A part's output, and its way back: from the output's gradient to the input's, adding to parameters' on the way. */
export interface Part<Back = (dy: Tensor) => Tensor> {
  readonly y: Tensor;
  readonly back: Back;
}

/** Adds `dy·xᵀ` to a parameter's gradient. */
export function addToGradient(
  { graph, products }: Pass,
  parameter: Parameter,
  x: Tensor,
  dy: Tensor,
): void {
  graph.compute(products.addOuter(graph, parameter.gradient, x, dy));
}
