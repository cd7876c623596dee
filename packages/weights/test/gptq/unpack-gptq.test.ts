import { describe, expect, test } from "vitest";
import { unpackGptq } from "../../src/gptq/unpack-gptq.ts";
import { dequantize } from "../../src/quantize/codecs.ts";
import { readRows } from "../../src/tensors/read-rows.ts";
import { memoryTensor, type TensorSource } from "../../src/tensors/tensor-source.ts";
import { type LayerOptions, modelOf, packedLayer } from "./packed-layer.ts";

const NAME = "model.layers.0.mlp.up_proj";
const config = (zeroOffset: 0 | 1) => ({ zeroOffset, path: "quantize_config.json" });

async function readValues(tensor: TensorSource, chunkBytes: number): Promise<Float32Array> {
  const bytes = new Uint8Array(tensor.byteLength);
  let at = 0;
  for await (const chunk of readRows(tensor, { chunkBytes })) {
    bytes.set(chunk.bytes, at);
    at += chunk.bytes.length;
  }
  const values = new Float32Array(tensor.shape.reduce((product, size) => product * size));
  dequantize(tensor.type, bytes, values);
  return values;
}

async function unpack(options: LayerOptions, chunkBytes = 1000) {
  const { tensors, weights } = packedLayer(options);
  const model = await unpackGptq(modelOf(tensors), config(options.zeroOffset ?? 1));
  const tensor = model.tensors.get(`${NAME}.weight`) as TensorSource;
  const values = await readValues(tensor, chunkBytes);
  return { model, tensor, values, weights, report: model.report.get(tensor.name) };
}

function errorsOf(values: Float32Array, weights: Float32Array) {
  const errors = values.map((value, i) => value - (weights[i] as number));
  const squares = errors.reduce((sum, error) => sum + error * error, 0);
  return {
    rmse: Math.sqrt(squares / errors.length),
    max: errors.reduce((most, error) => Math.max(most, Math.abs(error)), 0),
  };
}

describe("symmetric layers become Q4_0, exactly", () => {
  test.each<[string, LayerOptions]>([
    ["groups of 128", {}],
    ["groups of 32", { groupSize: 32 }],
    ["one group (group_size -1)", { groupSize: 256 }],
    ["no g_idx, as the oldest files", { hasGroupIndex: false }],
    ["the convention of gptq_v2", { zeroOffset: 0 }],
    ["an act-order that keeps blocks together", { isActOrder: true, groupSize: 256 }],
  ])("%s", async (_, options) => {
    const { model, tensor, values, weights, report } = await unpack(options);
    expect([...model.tensors.keys()]).toEqual([`${NAME}.weight`]);
    expect(tensor).toMatchObject({ type: "Q4_0", shape: [64, 256], byteLength: 64 * 8 * 18 });
    expect(values).toEqual(weights);
    expect(report).toMatchObject({ form: "Q4_0", rmse: 0, max: 0 });
  });

  test("whatever rows are read at once", async () => {
    const all = await unpack({}, 1e6);
    const single = await unpack({}, 1);
    expect(single.values).toEqual(all.values);
  });
});

describe("other layers are told with their error", () => {
  test("asymmetric ones as Q4_1, whose minimum is rounded", async () => {
    const { tensor, values, weights, report } = await unpack({ isSymmetric: false });
    expect(tensor.type).toBe("Q4_1");
    const errors = errorsOf(values, weights);
    expect(report?.rmse).toBeCloseTo(errors.rmse, 7);
    expect(report?.max).toBeCloseTo(errors.max, 7);
    expect(errors.max).toBeGreaterThan(0);
    // Half the distance of half-precision numbers near the largest minimum, 0.021 * 15.
    expect(errors.max).toBeLessThanOrEqual(2 ** -13);
  });

  test("ordered by activation as F16, whose weights are rounded", async () => {
    const { tensor, values, weights, report } = await unpack({ isActOrder: true });
    expect(tensor.type).toBe("F16");
    const errors = errorsOf(values, weights);
    expect(report?.rmse).toBeCloseTo(errors.rmse, 7);
    expect(report?.max).toBeCloseTo(errors.max, 7);
    expect(values).toEqual(weights.map((weight) => nearestHalf(weight)));
  });
});

/** By division, as another way than the one under test. */
function nearestHalf(value: number): number {
  if (value === 0) return 0;
  const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value))), -14) - 10);
  const steps = value / step;
  const down = Math.floor(steps);
  const rest = steps - down;
  const isUp = rest > 0.5 || (rest === 0.5 && down % 2 !== 0);
  return (isUp ? down + 1 : down) * step;
}

test("other tensors and several layers keep their place", async () => {
  const norm = memoryTensor({
    name: "norm.weight",
    shape: [2],
    type: "F16",
    bytes: new Uint8Array(4),
  });
  const first = packedLayer({ name: "a" });
  const second = packedLayer({ name: "b", isSymmetric: false });
  const model = await unpackGptq(modelOf([...first.tensors, norm, ...second.tensors]), config(1));
  expect([...model.tensors.keys()]).toEqual(["a.weight", "norm.weight", "b.weight"]);
  // Rows of one layer, of the other, and of the first again: only one of them is in memory.
  const [a, b] = [model.tensors.get("a.weight"), model.tensors.get("b.weight")];
  const once = await readValues(a as TensorSource, 500);
  await readValues(b as TensorSource, 500);
  expect(await readValues(a as TensorSource, 500)).toEqual(once);
  expect(once).toEqual(first.weights);
});

describe("what AutoGPTQ adds", () => {
  const bias = (bytes: Uint8Array) =>
    memoryTensor({ name: `${NAME}.bias`, shape: [64], type: "F16", bytes });

  test("a bias of zeros is left out", async () => {
    const { tensors } = packedLayer();
    const model = await unpackGptq(modelOf([...tensors, bias(new Uint8Array(128))]), config(1));
    expect([...model.tensors.keys()]).toEqual([`${NAME}.weight`]);
  });

  test("another bias is refused by name", async () => {
    const { tensors } = packedLayer();
    const model = modelOf([...tensors, bias(new Uint8Array(128).fill(1))]);
    await expect(unpackGptq(model, config(1))).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining(`${NAME}.bias`),
    });
  });
});

describe("a damaged layer is refused", () => {
  const change = (part: string, by: (tensor: TensorSource) => TensorSource | undefined) =>
    packedLayer().tensors.flatMap((tensor) =>
      tensor.name.endsWith(part) ? (by(tensor) ?? []) : [tensor],
    );
  const filled = (tensor: TensorSource, byte: number) =>
    memoryTensor({ ...tensor, bytes: new Uint8Array(tensor.byteLength).fill(byte) });

  test.each<[string, TensorSource[], RegExp]>([
    ["without scales", change("scales", () => undefined), /up_proj has no scales/],
    ["without zero points", change("qzeros", () => undefined), /up_proj has no qzeros/],
    ["with another type", change("scales", (t) => ({ ...t, type: "BF16" })), /scales is BF16/],
    [
      "with shapes that do not fit",
      change("qzeros", (t) => ({ ...t, shape: [2, 7] })),
      /\[2, 7\].*\[2, 8\]/,
    ],
    [
      "with no groups",
      change("scales", (t) => ({ ...t, shape: [0, 64], byteLength: 0 })),
      /scales/,
    ],
    ["with a group that is not there", change("g_idx", (t) => filled(t, 5)), /in group 84215045/],
    ["with a negative group", change("g_idx", (t) => filled(t, 255)), /in group -1/],
    [
      "with groups that do not fit",
      [...change("g_idx", () => undefined)].map((t) =>
        t.name.endsWith("scales")
          ? { ...t, shape: [3, 64] }
          : t.name.endsWith("qzeros")
            ? { ...t, shape: [3, 8] }
            : t,
      ),
      /3 groups do not share 256 inputs/,
    ],
  ])("%s", async (_, tensors, message) => {
    await expect(unpackGptq(modelOf(tensors), config(1))).rejects.toMatchObject({
      code: "BAD_TENSOR",
      message: expect.stringMatching(message),
    });
  });
});
