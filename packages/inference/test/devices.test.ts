import { availableParallelism, totalmem } from "node:os";
import { expect, test } from "vitest";
import { InferenceError, listDevices } from "../src/index.ts";
import type { Engine, GpuChoice } from "../src/llama.ts";
import { loadWithFallback } from "../src/load-fallback.ts";

test("the CPU is listed with its memory, and the threads that a model takes", async () => {
  const { gpus, cpu } = await listDevices();
  expect(cpu.name).not.toBe("");
  expect(cpu.processors).toBe(availableParallelism());
  expect(cpu.cores).toBeGreaterThanOrEqual(1);
  expect(cpu.threads).toBeGreaterThanOrEqual(1);
  expect(cpu.threads).toBeLessThanOrEqual(cpu.cores);
  expect(cpu.totalBytes).toBeLessThanOrEqual(totalmem());
  expect(cpu.freeBytes).toBeGreaterThan(0);
  expect(cpu.freeBytes).toBeLessThanOrEqual(cpu.totalBytes);
  for (const { names, totalBytes, freeBytes } of gpus) {
    expect(names).not.toEqual([]);
    expect(freeBytes).toBeLessThanOrEqual(totalBytes);
  }
});

/** Loads where the GPU is of a kind and fails, and tells what came of it. */
async function tryLoading(
  gpu: GpuChoice,
  { found, failure, unused }: { found: GpuChoice; failure?: Error; unused?: string },
) {
  const warnings: string[] = [];
  const tried: unknown[] = [];
  const result = await loadWithFallback({
    gpu,
    load: async (engine, choice) => {
      tried.push([engine.llama.gpu, choice]);
      if (engine.llama.gpu !== false && failure) throw failure;
      return "loaded";
    },
    warn: (warning) => warnings.push(warning),
    engineFor: async (choice) => ({ llama: { gpu: choice === "auto" ? found : choice } }) as Engine,
    unusedGpu: async () => unused,
  }).catch((error) => error);
  return { result, warnings, tried };
}

const noMemory = new InferenceError("OUT_OF_MEMORY", "It does not fit.");

test("auto falls back to the CPU where the GPU fails, and says so", async () => {
  const { result, warnings, tried } = await tryLoading("auto", {
    found: "cuda",
    failure: noMemory,
  });
  expect(result).toBe("loaded");
  expect(tried).toEqual([
    ["cuda", "auto"],
    [false, false],
  ]);
  expect(warnings).toEqual([
    expect.stringMatching(/loaded for the CPU, .* on the GPU \(cuda\) failed: It does not fit\./),
  ]);
  expect(warnings[0]).toMatch(/smaller quantization, contextSize, sequences or gpuLayers/);
});

test("whoever names a GPU gets the error", async () => {
  const { result, warnings } = await tryLoading("cuda", { found: "cuda", failure: noMemory });
  expect(result).toBe(noMemory);
  expect(warnings).toEqual([]);
});

test("what is not the GPU's fault is not tried again", async () => {
  const failure = new InferenceError("ADAPTER_MISMATCH", "No.");
  const { result, tried } = await tryLoading("auto", { found: "vulkan", failure });
  expect(result).toBe(failure);
  expect(tried).toHaveLength(1);
});

test("a GPU that auto does not use is told of", async () => {
  const { result, warnings } = await tryLoading("auto", { found: false, unused: "cuda" });
  expect(result).toBe("loaded");
  expect(warnings).toEqual([expect.stringMatching(/has a GPU for cuda: .* not installed/)]);
  expect((await tryLoading("auto", { found: false })).warnings).toEqual([]);
  expect((await tryLoading(false, { found: false, unused: "cuda" })).warnings).toEqual([]);
});
