import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeRow } from "../src/data/row.ts";
import type { TrainedPart } from "../src/model/build-trainer.ts";
import { randomModel } from "../src/model/random-model.ts";
import type { Trainer } from "../src/model/trainer.ts";
import { EXAMPLES, TINY, temporaryFolder, tinyTrainer } from "./tiny-model.ts";
import { SETTINGS, TORCH_CASES, type TorchResult, torchJob } from "./torch-job.ts";

const FIXTURES = join(import.meta.dirname, "fixtures", "torch");
// Debian's PyTorch belongs to Debian's Python, whatever else is called python3.
const PYTHON = "/usr/bin/python3";
const hasTorch = spawnSync(PYTHON, ["-c", "import torch"]).status === 0;
const { UPDATE_TORCH } = process.env;
const TOLERANCE = 1e-4;

function start(trained: TrainedPart, blas: string): Promise<{ trainer: Trainer }> {
  return tinyTrainer({ trained, engine: { blas } });
}

async function baseWeights(): Promise<Map<string, Float32Array>> {
  const weights = new Map<string, Float32Array>();
  for (const source of randomModel(TINY, 1).tensors.values()) {
    const bytes = await source.read(0, source.byteLength);
    weights.set(source.name, new Float32Array(bytes.slice().buffer));
  }
  return weights;
}

function trainHere(trainer: Trainer): Omit<TorchResult, "torch"> {
  const rows = [
    makeRow(EXAMPLES.slice(0, 3)),
    makeRow(EXAMPLES.slice(3, 5)),
    makeRow(EXAMPLES.slice(5)),
  ];
  const learned = rows.reduce((sum, row) => sum + row.learned.length, 0);
  const losses: number[] = [];
  const norms: number[] = [];
  for (let step = 1; step <= 15; step++) {
    const sums = rows.map((row) => trainer.accumulate(row, 1 / learned));
    losses.push(sums.reduce((a, b) => a + b, 0) / learned);
    norms.push(trainer.step(step, SETTINGS));
  }
  const { parameters } = trainer;
  const sums = parameters.list.map((parameter) => {
    const values = parameters.read(parameter, parameter.weights);
    return [parameter.name, values.reduce((sum, value) => sum + Math.abs(value), 0)];
  });
  return { losses, norms, sums: Object.fromEntries(sums) };
}

async function trainInTorch(trainer: Trainer, trained: TrainedPart): Promise<TorchResult> {
  const folder = await temporaryFolder();
  const { job, weights } = torchJob(trainer, await baseWeights(), trained);
  writeFileSync(join(folder, "job.json"), job);
  writeFileSync(join(folder, "weights.bin"), weights);
  return JSON.parse(
    execFileSync(PYTHON, [join(FIXTURES, "reference.py"), folder], { encoding: "utf8" }),
  );
}

function expectSame(ours: Omit<TorchResult, "torch">, theirs: TorchResult): void {
  expect(theirs.losses).toHaveLength(15);
  for (const [step, loss] of theirs.losses.entries()) {
    expect(Math.abs((ours.losses[step] as number) / loss - 1)).toBeLessThan(TOLERANCE);
    const norm = theirs.norms[step] as number;
    expect(Math.abs((ours.norms[step] as number) / norm - 1)).toBeLessThan(TOLERANCE);
  }
  expect(Object.keys(ours.sums)).toEqual(Object.keys(theirs.sums));
  for (const [name, sum] of Object.entries(theirs.sums)) {
    expect(Math.abs((ours.sums[name] as number) / sum - 1), name).toBeLessThan(TOLERANCE);
  }
}

describe.each(Object.entries(TORCH_CASES))("15 steps of AdamW for the %s", (name, trained) => {
  const file = join(FIXTURES, `${name}.json`);

  it.each(["auto", "off"])("come to what PyTorch recorded, with blas: %s", async (blas) => {
    const { trainer } = await start(trained, blas);
    expectSame(trainHere(trainer), JSON.parse(readFileSync(file, "utf8")));
  });

  it.skipIf(!hasTorch)(
    "come to what PyTorch computes (skipped without Debian's python3-torch)",
    async () => {
      const { trainer } = await start(trained, "auto");
      const theirs = await trainInTorch(trainer, trained);
      if (UPDATE_TORCH === "1") writeFileSync(file, `${JSON.stringify(theirs, undefined, 1)}\n`);
      expectSame(trainHere(trainer), theirs);
    },
  );
});
