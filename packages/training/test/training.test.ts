import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { openGguf, writeGguf } from "@llama2-kit/weights";
import { describe, expect, it } from "vitest";
import {
  TrainingError,
  type TrainingOptions,
  type TrainingProgress,
  trainAdapter,
  trainModel,
} from "../src/index.ts";
import { EXAMPLES, TINY, temporaryFolder, tinyModelFile } from "./tiny-model.ts";

const OPTIONS = {
  dataset: EXAMPLES,
  learningRate: 1e-2,
  batchSize: 2,
  gradientAccumulation: 1,
  epochs: 4,
  inProcess: true,
} satisfies Partial<TrainingOptions>;

describe("a training", () => {
  it("tells each step, and learns", async () => {
    const folder = await temporaryFolder();
    const told: TrainingProgress[] = [];
    const result = await trainModel({
      ...OPTIONS,
      model: await tinyModelFile(folder),
      output: join(folder, "trained.gguf"),
      evaluation: { dataset: EXAMPLES.slice(0, 2), every: 5 },
      onProgress: (progress) => told.push(progress),
    });
    expect(told.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(told.flatMap(({ step, evalLoss }) => (evalLoss === undefined ? [] : [step]))).toEqual([
      5, 10, 12,
    ]);
    expect(told.at(-1)).toMatchObject({ step: 12, steps: 12, epoch: 4, eta: 0 });
    expect(told.at(-1)?.loss).toBeLessThan((told[0]?.loss ?? 0) / 2);
    expect(result).toMatchObject({ steps: 12, cut: 0, dropped: 0, loss: told.at(-1)?.loss });
    expect(result.evalLoss).toBe(told.at(-1)?.evalLoss);
  });

  it("goes on from a checkpoint to the bit as if it had never stopped", async () => {
    const folder = await temporaryFolder();
    const model = await tinyModelFile(folder);
    const whole = join(folder, "whole.gguf");
    await trainAdapter({ ...OPTIONS, model, output: whole, rank: 4 });

    const output = join(folder, "adapter.gguf");
    const control = new AbortController();
    const reason = new Error("enough");
    const onProgress = ({ step }: TrainingProgress) => step === 5 && control.abort(reason);
    const options = { ...OPTIONS, model, output, rank: 4 };
    await expect(trainAdapter({ ...options, signal: control.signal, onProgress })).rejects.toBe(
      reason,
    );
    const steps: number[] = [];
    await trainAdapter({ ...options, resume: true, onProgress: ({ step }) => steps.push(step) });
    expect(steps[0]).toBe(6);
    expect((await readFile(output)).equals(await readFile(whole))).toBe(true);
  });

  it("begins a model anew, the same from the same seed", async () => {
    const folder = await temporaryFolder();
    const metadataFrom = await tinyModelFile(folder);
    const begin = async (name: string, seed: number) => {
      const output = join(folder, name);
      await trainModel({
        ...OPTIONS,
        model: { config: TINY, metadataFrom },
        output,
        seed,
        maxSteps: 2,
      });
      return readFile(output);
    };
    const first = await begin("a.gguf", 1);
    expect(first.equals(await begin("b.gguf", 1))).toBe(true);
    expect(first.equals(await begin("c.gguf", 2))).toBe(false);
  });
});

describe("what cannot be trained is refused", () => {
  const refusal = async (options: Partial<Parameters<typeof trainAdapter>[0]>) => {
    const folder = await temporaryFolder();
    const model = await tinyModelFile(folder);
    const output = join(folder, "adapter.gguf");
    const all = { ...OPTIONS, model, output, rank: 4, ...options };
    return trainAdapter(all).catch((error: unknown) => error);
  };

  it.each([
    [{ rank: 0 }, "rank must be a whole number from 1; it is 0."],
    [{ targets: ["lm_head" as "q_proj"] }, 'targets must be "all-linear" or some of q_proj'],
    [{ learningRate: Number.NaN }, "learningRate must be a number above 0; it is NaN."],
    [{ schedule: "polynomial" as "linear" }, "schedule must be one of linear"],
    [{ device: "tpu" as "cpu" }, 'device must be "cpu", "cuda"'],
  ])("by its option: %j", async (options, message) => {
    const error = await refusal(options);
    expect(error).toSatisfy(TrainingError.isInstance);
    expect(error).toMatchObject({ code: "BAD_OPTION", parameter: Object.keys(options)[0] });
    expect(String(error)).toContain(message);
  });

  it("where its ggml is not there", async () => {
    const error = await refusal({ libDir: "/nowhere" });
    expect(error).toMatchObject({ code: "ENGINE_MISSING" });
  });

  it("where its BLAS is not there", async () => {
    expect(await refusal({ blas: "/nowhere/libblas.so" })).toMatchObject({
      code: "ENGINE_MISSING",
    });
  });

  it("where it would not fit into memory, with the numbers", async () => {
    const error = await refusal({ rank: 2 ** 22 });
    expect(error).toMatchObject({ code: "OUT_OF_MEMORY" });
    expect(String(error)).toMatch(/takes \d+ MiB of memory, and \d+ MiB are free/);
  });

  it("where it diverges", async () => {
    const error = await refusal({ learningRate: 1e30, maxGradNorm: 0, targets: "all-linear" });
    expect(error).toMatchObject({ code: "DIVERGED" });
  });

  it("where its checkpoint is of another training", async () => {
    const folder = await temporaryFolder();
    const checkpoint = join(folder, "checkpoint");
    const model = await tinyModelFile(folder);
    const options = { ...OPTIONS, model, rank: 4, checkpoint, maxSteps: 1 };
    await trainAdapter({ ...options, output: join(folder, "a.gguf"), checkpointEvery: 1 });
    const other = { ...options, output: join(folder, "b.gguf"), resume: true };
    await expect(trainAdapter({ ...other, rank: 5 })).rejects.toMatchObject({
      code: "BAD_CHECKPOINT",
    });
  });

  it("where its checkpoint was computed otherwise, as the bits would differ", async () => {
    const folder = await temporaryFolder();
    const checkpoint = join(folder, "checkpoint");
    const model = await tinyModelFile(folder);
    const options = { ...OPTIONS, model, rank: 4, checkpoint, maxSteps: 1, blas: "off" };
    const output = join(folder, "a.gguf");
    await trainAdapter({ ...options, output, checkpointEvery: 1 });
    await rewriteMetadata(checkpoint, "training.arithmetic", "cpu with libother.so");
    const resumed = { ...options, output: join(folder, "b.gguf"), resume: true };
    await expect(trainAdapter(resumed)).rejects.toMatchObject({
      code: "BAD_CHECKPOINT",
      message: expect.stringContaining(
        "was computed on cpu with libother.so, and this is cpu with ggml alone. Resume with the same device and blas",
      ),
    });
  });
});

/** Changes what a GGUF says of itself. */
async function rewriteMetadata(path: string, key: string, value: string): Promise<void> {
  const file = await openGguf(path);
  const metadata = new Map([...file.metadata, [key, { type: "string", value }] as const]);
  await writeGguf(`${path}.new`, { metadata, tensors: file.tensors.values() });
  await file.close();
  await rename(`${path}.new`, path);
}
