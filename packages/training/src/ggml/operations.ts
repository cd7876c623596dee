import type { Tensor } from "./handles.ts";

/**
 * ggml's operations that training is made of. Each describes what will be computed when its graph runs. Sizes are
 * given innermost first, as ggml does: a matrix of `[columns, rows]`.
 */
export interface Operations {
  add(a: Tensor, b: Tensor): Tensor;
  addInPlace(a: Tensor, b: Tensor): Tensor;
  subtract(a: Tensor, b: Tensor): Tensor;
  multiply(a: Tensor, b: Tensor): Tensor;
  divide(a: Tensor, b: Tensor): Tensor;
  scale(a: Tensor, factor: number): Tensor;
  scaleAndShift(a: Tensor, factor: number, shift: number): Tensor;
  square(a: Tensor): Tensor;
  squareRoot(a: Tensor): Tensor;
  sum(a: Tensor): Tensor;
  /** Sums each row: `[columns, rows]` to `[1, rows]`. */
  sumRows(a: Tensor): Tensor;
  /** `[k, m]` and `[k, n]` to `[m, n]`: the rows' products. */
  multiplyMatrices(a: Tensor, b: Tensor): Tensor;
  /** `[m, k]` and `[n, k]` to `[m, n]`: the sum of the rows' outer products. */
  outerProduct(a: Tensor, b: Tensor): Tensor;
  rmsNorm(a: Tensor, epsilon: number): Tensor;
  silu(a: Tensor): Tensor;
  softMax(a: Tensor, mask: Tensor | null, scale: number, maxBias: number): Tensor;
  /** The way back of `softMax`: from the gradient of its output `y` to that of its input. */
  softMaxBack(dy: Tensor, y: Tensor, scale: number, maxBias: number): Tensor;
  rope(...rope: RopeArguments): Tensor;
  ropeBack(...rope: RopeArguments): Tensor;
  /** The rows that a tensor of I32 names, as F32 whatever they were. */
  getRows(a: Tensor, rows: Tensor): Tensor;
  /** Puts `b` into the rows of `a` that a tensor of I64 names. */
  setRows(a: Tensor, b: Tensor, rows: Tensor): Tensor;
  cast(a: Tensor, type: number): Tensor;
  copy(from: Tensor, to: Tensor): Tensor;
  /** One behind the other along an axis. */
  concatenate(a: Tensor, b: Tensor, axis: number): Tensor;
  contiguous(a: Tensor): Tensor;
  transpose(a: Tensor): Tensor;
  permute(a: Tensor, axis0: number, axis1: number, axis2: number, axis3: number): Tensor;
  reshape2d(a: Tensor, n0: number, n1: number): Tensor;
  reshape3d(a: Tensor, n0: number, n1: number, n2: number): Tensor;
  view1d(a: Tensor, n0: number, offset: number): Tensor;
  view2d(a: Tensor, n0: number, n1: number, rowBytes: number, offset: number): Tensor;
  adamW(
    weights: Tensor,
    gradient: Tensor,
    mean: Tensor,
    variance: Tensor,
    settings: Tensor,
  ): Tensor;
}

/** What is rotated by which positions, and how: the last eight are ggml's, of which YaRN's are without effect. */
export type RopeArguments = [
  a: Tensor,
  positions: Tensor,
  factors: null,
  dimensions: number,
  mode: number,
  originalContext: number,
  base: number,
  scale: number,
  extFactor: number,
  attentionFactor: number,
  betaFast: number,
  betaSlow: number,
];

const ROPE =
  "void* context, void* a, void* positions, void* factors, int dimensions, int mode, int originalContext, float base, float scale, float extFactor, float attentionFactor, float betaFast, float betaSlow";

export const OPERATIONS: Record<keyof Operations, string> = {
  add: "void* ggml_add(void* context, void* a, void* b)",
  addInPlace: "void* ggml_add_inplace(void* context, void* a, void* b)",
  subtract: "void* ggml_sub(void* context, void* a, void* b)",
  multiply: "void* ggml_mul(void* context, void* a, void* b)",
  divide: "void* ggml_div(void* context, void* a, void* b)",
  scale: "void* ggml_scale(void* context, void* a, float factor)",
  scaleAndShift: "void* ggml_scale_bias(void* context, void* a, float factor, float shift)",
  square: "void* ggml_sqr(void* context, void* a)",
  squareRoot: "void* ggml_sqrt(void* context, void* a)",
  sum: "void* ggml_sum(void* context, void* a)",
  sumRows: "void* ggml_sum_rows(void* context, void* a)",
  multiplyMatrices: "void* ggml_mul_mat(void* context, void* a, void* b)",
  outerProduct: "void* ggml_out_prod(void* context, void* a, void* b)",
  rmsNorm: "void* ggml_rms_norm(void* context, void* a, float epsilon)",
  silu: "void* ggml_silu(void* context, void* a)",
  softMax:
    "void* ggml_soft_max_ext(void* context, void* a, void* mask, float scale, float maxBias)",
  softMaxBack:
    "void* ggml_soft_max_ext_back(void* context, void* dy, void* y, float scale, float maxBias)",
  rope: `void* ggml_rope_ext(${ROPE})`,
  ropeBack: `void* ggml_rope_ext_back(${ROPE})`,
  getRows: "void* ggml_get_rows(void* context, void* a, void* rows)",
  setRows: "void* ggml_set_rows(void* context, void* a, void* b, void* rows)",
  cast: "void* ggml_cast(void* context, void* a, int type)",
  copy: "void* ggml_cpy(void* context, void* from, void* to)",
  concatenate: "void* ggml_concat(void* context, void* a, void* b, int axis)",
  contiguous: "void* ggml_cont(void* context, void* a)",
  transpose: "void* ggml_transpose(void* context, void* a)",
  permute: "void* ggml_permute(void* context, void* a, int axis0, int axis1, int axis2, int axis3)",
  reshape2d: "void* ggml_reshape_2d(void* context, void* a, int64_t n0, int64_t n1)",
  reshape3d: "void* ggml_reshape_3d(void* context, void* a, int64_t n0, int64_t n1, int64_t n2)",
  view1d: "void* ggml_view_1d(void* context, void* a, int64_t n0, size_t offset)",
  view2d:
    "void* ggml_view_2d(void* context, void* a, int64_t n0, int64_t n1, size_t rowBytes, size_t offset)",
  adamW:
    "void* ggml_opt_step_adamw(void* context, void* weights, void* gradient, void* mean, void* variance, void* settings)",
};
