import { beforeAll, describe, expect, test } from "vitest";
import { type CodecType, codecOf, dequantize, loadEncoder } from "../../src/quantize/codecs.ts";

import { layoutOf, type TensorType } from "../../src/tensors/tensor-type.ts";
import { extremeWeights } from "./extreme-weights.ts";
import { type GgmlOracle, loadOracle } from "./ggml-oracle.ts";
import { createRandom, normalNumbers } from "./random.ts";

const COMPUTED_HERE = ["F16", "BF16", "Q8_0", "Q4_0", "Q4_1"] as const;
const BY_GGML = ["Q5_0", "Q5_1", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K"] as const;

let ggml: GgmlOracle;
beforeAll(async () => {
  ggml = await loadOracle();
});

function bytesFor(type: TensorType, values: number): Uint8Array {
  const layout = layoutOf(type);
  return new Uint8Array((values / layout.values) * layout.bytes);
}

/** Where two arrays differ first; -1 where they do not. `toEqual` would take minutes for a million. */
function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return i;
  return -1;
}

async function encode(type: CodecType, values: Float32Array): Promise<Uint8Array> {
  const bytes = bytesFor(type, values.length);
  await (await loadEncoder(type))(values, bytes);
  return bytes;
}

// What C leaves open, as the conversion of infinity to 8 bits, comes out as on x86-64; other processors do it otherwise.
const seeds = process.arch === "x64" ? Array.from({ length: 10 }, (_, seed) => seed) : [];
const MILLION = 2 ** 20;

describe("quantised bytes are ggml's own", () => {
  describe.each(COMPUTED_HERE)("%s", (type) => {
    test("of a million weights as models have them", async () => {
      const weights = normalNumbers(MILLION, 0.02, createRandom(1));
      const bytes = await encode(type, weights);
      expect(firstDifference(bytes, ggml.quantize(type, weights))).toBe(-1);
    });
  });

  describe.each(seeds)("of a million extreme weights, the %i.", (seed) => {
    let weights: Float32Array;
    beforeAll(() => {
      weights = extremeWeights(MILLION, seed);
    });

    test.each(COMPUTED_HERE)("%s", async (type) => {
      const bytes = await encode(type, weights);
      expect(firstDifference(bytes, ggml.quantize(type, weights))).toBe(-1);
    });
  });

  test.each(BY_GGML)("%s, made by ggml in several threads", async (type) => {
    const weights = normalNumbers(256 * 37, 0.02, createRandom(2));
    const bytes = await encode(type, weights);
    expect(firstDifference(bytes, ggml.quantize(type, weights))).toBe(-1);
  });
});

describe("bytes are read as ggml reads them", () => {
  const types = [...COMPUTED_HERE, ...BY_GGML];
  test.each(types)("%s of any pattern of bits, infinite scales too", (type) => {
    const random = createRandom(3);
    const values = new Float32Array(2 ** 19);
    const bytes = bytesFor(type, values.length).map(() => random() * 256);
    dequantize(type, bytes, values);
    expect(firstDifference(values, ggml.dequantize(type, bytes, values.length))).toBe(-1);
  });

  test.each(types)("%s of a model's weights", (type) => {
    const weights = normalNumbers(2 ** 16, 0.02, createRandom(4));
    const bytes = ggml.quantize(type, weights);
    const values = new Float32Array(weights.length);
    dequantize(type, bytes, values);
    expect(firstDifference(values, ggml.dequantize(type, bytes, values.length))).toBe(-1);
    const error = values.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (weights[i] ?? 0))),
      0,
    );
    expect(error).toBeLessThan(type === "Q2_K" || type === "Q3_K" ? 0.05 : 0.02);
  });
});

describe("a codec", () => {
  test("keeps F32 to the bit", async () => {
    const weights = extremeWeights(4096, 5);
    const bytes = await encode("F32", weights);
    const values = new Float32Array(weights.length);
    dequantize("F32", bytes, values);
    expect(new Uint32Array(values.buffer)).toEqual(new Uint32Array(weights.buffer));
  });

  test.each(["F32", ...COMPUTED_HERE] as const)("%s works at any place in memory", async (type) => {
    const weights = normalNumbers(64, 0.02, createRandom(6));
    const expected = await encode(type, weights);
    const shifted = new Uint8Array(expected.length + 1).subarray(1);
    codecOf(type).encode?.(weights, shifted);
    expect(shifted).toEqual(expected);
    const [values, others] = [new Float32Array(64), new Float32Array(64)];
    dequantize(type, expected, values);
    dequantize(type, shifted, others);
    expect(others).toEqual(values);
  });

  test("keeps every half-precision number", () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const values = new Float32Array(65536);
    const bytes = new Uint8Array(halves.buffer);
    dequantize("F16", bytes, values);
    const again = new Uint8Array(bytes.length);
    codecOf("F16").encode?.(values, again);
    const differing = new Uint16Array(again.buffer).filter((half, bits) => half !== bits);
    // Each NaN becomes the one of its sign.
    expect(new Set(differing)).toEqual(
      new Set([0x7e00, 0xfe00].filter((half) => differing.includes(half))),
    );
    expect(differing.length).toBeLessThan(2 * 1024);
  });

  test("refuses types that are no weights here, by name", () => {
    const read = () => dequantize("IQ4_XS", new Uint8Array(136), new Float32Array(256));
    expect(read).toThrow(expect.objectContaining({ code: "UNSUPPORTED" }));
    expect(read).toThrow(/IQ4_XS.*Q4_K/);
  });
});

describe("where ggml's library is missing", () => {
  test("its folder is named, and what needs no library", async () => {
    const load = loadEncoder("Q4_K", { libDir: "/no/such/folder" });
    await expect(load).rejects.toMatchObject({
      code: "MISSING_LIBRARY",
      message: expect.stringMatching(
        /Q4_K.*\/no\/such\/folder.*npm install koffi node-llama-cpp.*Q8_0/s,
      ),
    });
  });

  test("types that are computed here do not need it", async () => {
    await expect(loadEncoder("Q8_0", { libDir: "/no/such/folder" })).resolves.toBeTypeOf(
      "function",
    );
  });
});
