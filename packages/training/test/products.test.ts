import { describe, expect, it, onTestFinished } from "vitest";
import { BlasProducts, loadBlas } from "../src/ggml/blas.ts";
import { type Device, openDevice } from "../src/ggml/device.ts";
import { GraphRunner } from "../src/ggml/graph-runner.ts";
import type { Tensor } from "../src/ggml/handles.ts";
import {
  ggmlProducts,
  type MatrixProducts,
  withTransposedCopies,
} from "../src/ggml/matrix-products.ts";
import { readTensor, TensorMemory, writeTensor } from "../src/ggml/tensor-memory.ts";

// Short in one way and long in the others, as adapters are: products on a CPU are chosen by that.
const [INPUTS, OUTPUTS, TOKENS, BATCH] = [5, 36, 256, 2];
const blas = loadBlas("auto", 1);

const implementations: Record<string, ((device: Device) => MatrixProducts) | undefined> = {
  "ggml's outer products": ggmlProducts,
  "transposed copies": withTransposedCopies,
  "a BLAS (skipped where the system has none)":
    blas && ((device) => new BlasProducts(device, blas)),
};

const numbers = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, at) => Math.sin(at * seed + seed));
const weights = numbers(INPUTS * OUTPUTS * BATCH, 1.3);
const x = numbers(INPUTS * TOKENS * BATCH, 0.7);
const dy = numbers(OUTPUTS * TOKENS * BATCH, 2.1);
const sum = numbers(INPUTS * OUTPUTS * BATCH, 0.3);

/** Multiplies with the sums that the products are defined by. */
function inPlain(kind: "apply" | "applyTransposed" | "outer"): number[] {
  const sizes = { apply: OUTPUTS, applyTransposed: INPUTS, outer: INPUTS };
  const rows = kind === "outer" ? OUTPUTS : TOKENS;
  const depth = { apply: INPUTS, applyTransposed: OUTPUTS, outer: TOKENS }[kind];
  const result: number[] = [];
  for (let batch = 0; batch < BATCH; batch++) {
    const w = (i: number, o: number) => weights[(batch * OUTPUTS + o) * INPUTS + i] as number;
    const into = (i: number, t: number) => x[(batch * TOKENS + t) * INPUTS + i] as number;
    const back = (o: number, t: number) => dy[(batch * TOKENS + t) * OUTPUTS + o] as number;
    const term = {
      apply: (o: number, t: number, i: number) => w(i, o) * into(i, t),
      applyTransposed: (i: number, t: number, o: number) => w(i, o) * back(o, t),
      outer: (i: number, o: number, t: number) => into(i, t) * back(o, t),
    }[kind];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < sizes[kind]; column++) {
        let total = 0;
        for (let at = 0; at < depth; at++) total += term(column, row, at);
        result.push(total);
      }
    }
  }
  return result;
}

async function compute(
  make: (device: Device) => MatrixProducts,
): Promise<Record<"apply" | "applyTransposed" | "outer" | "added", Float32Array>> {
  const device = await openDevice({ kind: "cpu", threads: 1 });
  const products = make(device);
  const memory = new TensorMemory(device, 7, "a test");
  const declare = (n0: number, n1: number) => memory.declare([n0, n1, BATCH]);
  const inputs: [Tensor, Float32Array][] = [
    [declare(INPUTS, OUTPUTS), weights],
    [declare(INPUTS, TOKENS), x],
    [declare(OUTPUTS, TOKENS), dy],
    [declare(INPUTS, OUTPUTS), sum],
  ];
  const [w, into, back, added] = inputs.map(([tensor]) => tensor) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const outputs = [declare(OUTPUTS, TOKENS), declare(INPUTS, TOKENS), declare(INPUTS, OUTPUTS)];
  memory.allocate();
  const runner = new GraphRunner(device, () => products.forget());
  onTestFinished(() => {
    runner.dispose();
    memory.dispose();
    products.dispose();
    device.close();
  });
  for (const [tensor, values] of inputs) writeTensor(device, tensor, values);
  runner.run(64, (graph) => {
    const results = [
      products.apply(graph, w, into),
      products.applyTransposed(graph, w, back),
      products.outer(graph, into, back),
    ];
    for (const [index, result] of results.entries()) {
      graph.compute(graph.operations.copy(result, outputs[index] as Tensor));
    }
    graph.compute(products.addOuter(graph, added, into, back));
  });
  const [apply, applyTransposed, outer] = outputs.map((tensor, index) => {
    const count = [OUTPUTS * TOKENS, INPUTS * TOKENS, INPUTS * OUTPUTS][index] as number;
    return readTensor(device, tensor, count * BATCH);
  }) as [Float32Array, Float32Array, Float32Array];
  return { apply, applyTransposed, outer, added: readTensor(device, added, sum.length) };
}

function expectClose(ours: Float32Array, theirs: readonly number[]): void {
  expect(ours).toHaveLength(theirs.length);
  for (const [at, value] of theirs.entries()) expect(ours[at]).toBeCloseTo(value, 4);
}

describe.each(Object.entries(implementations))("products of matrices by %s", (_, make) => {
  it.skipIf(!make)("are the sums that they are defined by", async () => {
    const results = await compute(make as (device: Device) => MatrixProducts);
    expectClose(results.apply, inPlain("apply"));
    expectClose(results.applyTransposed, inPlain("applyTransposed"));
    expectClose(results.outer, inPlain("outer"));
    expectClose(
      results.added,
      inPlain("outer").map((value, at) => value + (sum[at] as number)),
    );
  });
});
