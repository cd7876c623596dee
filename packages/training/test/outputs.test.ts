import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type TrainAdapterOptions, trainAdapter } from "../src/train-adapter.ts";
import { EXAMPLES, temporaryFolder, tinyModelFile } from "./tiny-model.ts";

async function options(change: (folder: string) => Partial<TrainAdapterOptions> = () => ({})) {
  const folder = await temporaryFolder();
  const model = await tinyModelFile(folder);
  const output = join(folder, "adapter.gguf");
  const small = { rank: 2, batchSize: 3, gradientAccumulation: 1, learningRate: 1e-3 };
  return { model, dataset: EXAMPLES, output, ...small, ...change(folder) };
}

describe("what cannot be written is told before the training", () => {
  it.each<[string, (folder: string) => Partial<TrainAdapterOptions>, string, RegExp]>([
    [
      "a folder that there is not",
      (at) => ({ output: `${at}/no/a.gguf` }),
      "CANNOT_WRITE",
      /no folder .*no\./,
    ],
    ["one for PEFT", (at) => ({ peft: `${at}/no/peft` }), "CANNOT_WRITE", /peft cannot .*no\./],
    ["one for the checkpoint", (at) => ({ checkpoint: `${at}/no/c` }), "CANNOT_WRITE", /c cannot/],
    ["a file for PEFT", (at) => ({ peft: `${at}/tiny.gguf` }), "OUTPUT_EXISTS", /--force/],
    ["a folder for PEFT that has something", (at) => ({ peft: at }), "OUTPUT_EXISTS", /--force/],
    [
      "the model",
      (at) => ({ output: `${at}/tiny.gguf`, overwrite: true }),
      "BAD_OPTION",
      /the model/,
    ],
  ])("%s", async (_what, change, code, message) => {
    const made = trainAdapter({
      ...(await options(change)),
      onProgress: () => expect.unreachable("a step was done"),
    });
    await expect(made).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("but a folder of nothing, or one to be overwritten, is written", async () => {
    const made = await options((at) => ({ peft: join(at, "peft"), maxSteps: 1 }));
    await mkdir(made.peft as string);
    await trainAdapter(made);
    await trainAdapter({ ...made, overwrite: true });
    expect(await readFile(join(made.peft as string, "adapter_config.json"), "utf8")).toContain(
      "LORA",
    );
  });
});

it("keeps what was learned where it cannot be written in the end, and writes it with resume", async () => {
  const made = await options();
  const lost = trainAdapter({
    ...made,
    onProgress: () => writeFile(made.output, "somebody else's"),
  });
  await expect(lost).rejects.toMatchObject({
    code: "OUTPUT_EXISTS",
    message: expect.stringContaining(`What was learned is in ${made.output}.checkpoint`),
  });
  expect(await readFile(made.output, "utf8")).toBe("somebody else's");
  const steps: number[] = [];
  const onProgress = ({ step }: { step: number }) => steps.push(step);
  await trainAdapter({ ...made, resume: true, overwrite: true, onProgress });
  expect(steps).toEqual([]);
  const whole = `${made.output}.whole`;
  await trainAdapter({ ...made, output: whole });
  expect((await readFile(made.output)).equals(await readFile(whole))).toBe(true);
});

it("says that there is no checkpoint to go on from", async () => {
  const made = trainAdapter({ ...(await options()), resume: true });
  await expect(made).rejects.toMatchObject({
    code: "BAD_CHECKPOINT",
    message: expect.stringMatching(/no such file\. Start without resume/),
  });
});
