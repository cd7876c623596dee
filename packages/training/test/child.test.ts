import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storeExamples } from "../src/data/example-store.ts";
import type { TrainingJob, TrainingProgress } from "../src/job/job.ts";
import { runInChild } from "../src/job/run-in-child.ts";
import { readSettings } from "../src/options.ts";
import { EXAMPLES, temporaryFolder, tinyModelFile } from "./tiny-model.ts";
import { bundleWorker } from "./worker-file.ts";

let folder: string;
let worker: string;

beforeAll(async () => {
  // Beside the package's own modules, where it finds koffi.
  folder = await mkdtemp(join(import.meta.dirname, ".worker-"));
  worker = await bundleWorker(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function tinyJob(change: Partial<TrainingJob> = {}): Promise<TrainingJob> {
  const target = await temporaryFolder();
  const { store } = await storeExamples(EXAMPLES, { most: 100, vocabulary: 128 });
  const output = join(target, "adapter.gguf");
  return {
    model: await tinyModelFile(target),
    trained: { kind: "adapter", rank: 4, alpha: 8, targets: ["q_proj"] },
    examples: store,
    evaluation: undefined,
    output,
    overwrite: false,
    engine: {},
    settings: readSettings({ dataset: [], output, batchSize: 2, gradientAccumulation: 1 }),
    checkpoint: { path: `${output}.checkpoint`, every: 0, resume: false },
    ...change,
  };
}

/** A worker that ends in some way once it has told so many steps. */
async function endingWorker(name: string, steps: number, end: string): Promise<string> {
  const script = join(folder, `${name}.mjs`);
  await writeFile(
    script,
    `import { writeFileSync, writeSync } from "node:fs";
    const send = process.send.bind(process);
    let told = 0;
    process.send = (message, ...rest) => {
      if (message.kind === "progress" && ++told > ${steps}) { ${end} }
      return send(message, ...rest);
    };
    await import("./worker.mjs");`,
  );
  return script;
}

describe("a training in a process of its own", () => {
  it("tells its steps, and writes its result", async () => {
    const job = await tinyJob();
    const told: TrainingProgress[] = [];
    const result = await runInChild(job, { onProgress: (one) => told.push(one) }, worker);
    expect(told.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(result).toMatchObject({ output: job.output, steps: 9, loss: told.at(-1)?.loss });
    expect((await stat(job.output)).size).toBeGreaterThan(0);
  });

  it("writes its checkpoint and ends when it is aborted, and goes on from there", async () => {
    const job = await tinyJob();
    const control = new AbortController();
    const reason = new Error("enough");
    const onProgress = ({ step }: TrainingProgress) => step === 3 && control.abort(reason);
    const { signal } = control;
    await expect(runInChild(job, { signal, onProgress }, worker)).rejects.toBe(reason);
    await expect(stat(job.output)).rejects.toThrow("ENOENT");
    const resumed = { ...job, checkpoint: { ...job.checkpoint, resume: true } };
    const steps: number[] = [];
    await runInChild(resumed, { onProgress: ({ step }) => steps.push(step) }, worker);
    expect(steps[0]).toBeGreaterThanOrEqual(4);
    expect(steps.at(-1)).toBe(9);
  });

  it("makes an error of ggml's last words where that ends the process", async () => {
    const job = await tinyJob();
    // The check of the dataset would have refused it.
    const ids = job.examples.ids.map(() => 100_000);
    const broken = { ...job, examples: { ...job.examples, ids } };
    await expect(runInChild(broken, {}, worker)).rejects.toMatchObject({
      code: "ENGINE_CRASHED",
      message: expect.stringMatching(/SIGABRT.*GGML_ASSERT/),
    });
  });

  it.each([
    [
      "SIGKILL",
      'process.kill(process.pid, "SIGKILL");',
      /by SIGKILL\. .*run out of memory.*ggml: no\. Go on from .*checkpoint with resume/,
    ],
    ["SIGSEGV", 'process.kill(process.pid, "SIGSEGV");', /by SIGSEGV\. ggml: no\. Go on/],
    ["SIGABRT", "process.abort();", /by SIGABRT\. ggml: no/],
    ["exit", "process.exit(7);", /with code 7\. ggml: no/],
  ])(
    "is an error where %s ends it, and goes on from its checkpoint",
    async (name, end, message) => {
      const job = await tinyJob();
      const every = { ...job, checkpoint: { ...job.checkpoint, every: 2 } };
      const partial = join(dirname(job.output), ".adapter.gguf.checkpoint.0123456789ab.partial");
      const words = `writeFileSync(${JSON.stringify(partial)}, ""); writeSync(2, "ggml: no\\n");`;
      const ending = await endingWorker(name, 4, `${words} ${end}`);
      const steps: number[] = [];
      const onProgress = ({ step }: TrainingProgress) => steps.push(step);
      const ended = runInChild(every, { onProgress }, ending);
      await expect(ended).rejects.toMatchObject({
        code: "ENGINE_CRASHED",
        message: expect.stringMatching(message),
      });
      expect(await readdir(dirname(job.output))).toEqual(["adapter.gguf.checkpoint", "tiny.gguf"]);

      const resumed = { ...every, checkpoint: { ...every.checkpoint, resume: true } };
      await runInChild(resumed, { onProgress }, worker);
      expect(steps.slice(-5)).toEqual([5, 6, 7, 8, 9]);
      const whole = { ...job, output: `${job.output}.whole` };
      await runInChild(whole, {}, worker);
      expect((await readFile(job.output)).equals(await readFile(whole.output))).toBe(true);
    },
  );

  it("is refused where its script was left behind, as by a bundler", async () => {
    const lost = runInChild(await tinyJob(), {}, join(folder, "nowhere.js"));
    await expect(lost).rejects.toMatchObject({
      code: "ENGINE_MISSING",
      message: expect.stringMatching(/nowhere\.js.*external.*inProcess/),
    });
  });

  it.each([
    [{ model: "/nowhere/model.gguf" }, { name: "WeightsError", code: "NOT_FOUND" }],
    [{ engine: { libDir: "/nowhere" } }, { name: "TrainingError", code: "ENGINE_MISSING" }],
  ])("hands errors over: %j", async (change, error) => {
    await expect(runInChild(await tinyJob(change), {}, worker)).rejects.toMatchObject(error);
  });
});
