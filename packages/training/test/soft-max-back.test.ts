import { expect, it, onTestFinished } from "vitest";
import { openDevice } from "../src/ggml/device.ts";
import { GraphRunner } from "../src/ggml/graph-runner.ts";
import { inParts, softMaxBack } from "../src/ggml/soft-max-back.ts";
import { readTensor, TensorMemory, writeTensor } from "../src/ggml/tensor-memory.ts";

const [COLUMNS, ROWS, SCALE] = [5, 3, 0.4];
const numbers = (seed: number) =>
  Float32Array.from({ length: COLUMNS * ROWS }, (_, at) => Math.sin(at * seed + seed));

function softMax(x: Float32Array): Float32Array {
  const y = x.map((value) => Math.exp(SCALE * value));
  const sums = Array.from({ length: ROWS }, (_, row) =>
    y.subarray(row * COLUMNS, (row + 1) * COLUMNS).reduce((sum, value) => sum + value, 0),
  );
  return y.map((value, at) => value / (sums[Math.floor(at / COLUMNS)] as number));
}

it.each(["as the device does it", "in parts"])(
  "softmax's way back, %s, is its slope",
  async (how) => {
    const device = await openDevice({ kind: "cpu", threads: 1 });
    const memory = new TensorMemory(device, 3, "a test");
    const [y, dy, dx] = [0, 1, 2].map(() => memory.declare([COLUMNS, ROWS])) as [
      ReturnType<typeof memory.declare>,
      ReturnType<typeof memory.declare>,
      ReturnType<typeof memory.declare>,
    ];
    memory.allocate();
    const runner = new GraphRunner(device);
    onTestFinished(() => {
      runner.dispose();
      memory.dispose();
      device.close();
    });
    const [x, weights] = [numbers(1.3), numbers(0.7)];
    writeTensor(device, y, softMax(x));
    writeTensor(device, dy, weights);
    const back = how === "in parts" ? inParts : softMaxBack(device);
    runner.run(32, (graph) => graph.compute(graph.operations.copy(back(graph, dy, y, SCALE), dx)));

    const weighted = (x: Float32Array) =>
      softMax(x).reduce((sum, value, at) => sum + value * (weights[at] as number), 0);
    for (const [at, slope] of readTensor(device, dx, COLUMNS * ROWS).entries()) {
      const moved = (by: number) =>
        weighted(x.map((value, other) => value + (at === other ? by : 0)));
      expect(slope).toBeCloseTo((moved(0.01) - moved(-0.01)) / 0.02, 4);
    }
  },
);
