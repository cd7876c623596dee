import type { Llama, LlamaModel } from "node-llama-cpp";
import { describe, expect, test, vi } from "vitest";
import {
  type NativeSampling,
  nativeModel,
  nativeSampling,
} from "../../src/sampling/native-sampler.ts";
import { giveSamplerBack, takeSampler } from "../../src/sampling/sampler-pool.ts";

/** Native classes that note what they are told. */
function createNative() {
  const made: { applyConfig: ReturnType<typeof vi.fn>; dispose: ReturnType<typeof vi.fn> }[] = [];
  class AddonSampler {
    readonly applyConfig = vi.fn();
    readonly dispose = vi.fn();
    constructor() {
      made.push(this);
    }
  }
  const model = { _model: {} } as unknown as LlamaModel;
  return { native: { AddonSampler } as unknown as NativeSampling, model, made };
}

describe("native samplers", () => {
  test("are used again, with random numbers that start anew", () => {
    const { native, model, made } = createNative();
    const config = { temperature: 1, seed: 0 };
    const first = takeSampler(native, model, config);
    giveSamplerBack(model, first);
    expect(takeSampler(native, model, config)).toBe(first);
    expect(made).toHaveLength(1);
    const seeds = made[0]?.applyConfig.mock.calls.map(([{ seed }]) => seed);
    // The last one differs from the one before it, whatever it is.
    expect(seeds).toEqual([0, 0, 1, 0]);
    giveSamplerBack(model, first);
    takeSampler(native, model, { temperature: 1, seed: 1 });
    expect(made[0]?.applyConfig.mock.calls.slice(-2).map(([{ seed }]) => seed)).toEqual([0, 1]);
  });

  test("are one model's own, and no more are kept than can be of use", () => {
    const { native, model, made } = createNative();
    const other = { _model: {} } as unknown as LlamaModel;
    const config = { temperature: 0, seed: 0 };
    giveSamplerBack(model, takeSampler(native, model, config));
    takeSampler(native, other, config);
    expect(made).toHaveLength(2);
    const taken = Array.from({ length: 40 }, () => takeSampler(native, model, config));
    for (const sampler of taken) giveSamplerBack(model, sampler);
    expect(made.filter(({ dispose }) => dispose.mock.calls.length > 0)).toHaveLength(8);
  });
});

describe("another version of node-llama-cpp", () => {
  test.each([
    {},
    { _bindings: {} },
    { _bindings: { AddonSampler: class {}, AddonGrammar: class {} } },
  ])("is told apart by what it lacks: %j", (llama) => {
    expect(() => nativeSampling(llama as unknown as Llama)).toThrow(
      expect.objectContaining({ code: "ENGINE_INCOMPATIBLE" }),
    );
  });

  test("has no native model where we look", () => {
    expect(() => nativeModel({} as LlamaModel)).toThrow(/does not have the native model/);
  });
});
