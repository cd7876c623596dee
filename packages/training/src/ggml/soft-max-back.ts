import type { Device } from "./device.ts";
import type { Graph } from "./graph-runner.ts";
import { F32, type Tensor } from "./handles.ts";
import { supports } from "./supports.ts";

/** From the gradient of `y = softmax(scale · x)` to that of `x`. */
export type SoftMaxBack = (graph: Graph, dy: Tensor, y: Tensor, scale: number) => Tensor;

/** ggml's own way back where the device has it, which passes over memory once instead of five times. */
export function softMaxBack(device: Device): SoftMaxBack {
  const { runtime } = device.ggml;
  const isThere = supports(device, (operations, context) => {
    const dy = runtime.newTensor(context, F32, 32, 16, 2);
    const y = runtime.newTensor(context, F32, 32, 16, 2);
    return operations.softMaxBack(dy, y, 1, 0);
  });
  return isThere ? inOne : inParts;
}

const inOne: SoftMaxBack = ({ operations }, dy, y, scale) =>
  operations.softMaxBack(dy, y, scale, 0);

/** Each input's gradient is its share of what its output's gradient has beyond the row's average. */
export const inParts: SoftMaxBack = ({ operations: op }, dy, y, scale) => {
  const average = op.sumRows(op.multiply(y, dy));
  return op.scale(op.multiply(y, op.subtract(dy, average)), scale);
};
