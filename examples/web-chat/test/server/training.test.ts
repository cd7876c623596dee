import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { AppState, TrainingRun } from "../../src/app-api.ts";
import { LESSON, QUESTION, QUICKLY, TAUGHT } from "../lesson.ts";
import { chat, send, useApp, whenReady } from "./start-app.ts";

const app = useApp();

const teach = (body: object) => send(app(), "POST", "/app/training", { dataset: LESSON, ...body });

async function run(): Promise<TrainingRun | undefined> {
  const state: AppState = await (await send(app(), "GET", "/app/state")).json();
  return state.training.run;
}

const whenStatus = (status: TrainingRun["status"]) =>
  vi.waitFor(async () => expect((await run())?.status).toBe(status), 50_000);

test.each([
  [{ name: "a", dataset: " " }, "dataset must be a text with something to learn"],
  [{ name: "a", rank: 0 }, "rank must be an integer from 1 to 1024"],
  [{ name: "a", epochs: -1 }, "epochs must be a number"],
  [{ name: "a", targets: "norms" }, 'targets must be "all-linear" or "attention"'],
  [{ name: "" }, "A name has 1 to 64 letters"],
  [{ name: "../out" }, "A name has 1 to 64 letters"],
  [{ name: "a/b" }, "A name has 1 to 64 letters"],
  [{ name: "..\\out" }, "A name has 1 to 64 letters"],
  [{ name: ".hidden" }, "A name has 1 to 64 letters"],
])("refuses %j", async (body, message) => {
  const response = await teach(body);
  expect(response.status).toBe(400);
  expect((await response.json()).error.message).toContain(message);
  expect(await run()).toBeUndefined();
});

test("teaches an adapter beside the model, and loads it: on as taught, at scale 0 as before", async () => {
  const ask = { messages: [{ role: "user", content: QUESTION }] };
  const before = await chat(app(), ask);
  const body = { name: "lesson 1", dataset: `${LESSON}\n{"prompt":"Hi"}`, ...QUICKLY };
  const response = await teach(body);
  expect(response.status).toBe(202);
  const started: AppState = await response.json();
  const path = join(app().folder, "adapters", "lesson 1.gguf");
  expect(started.training.run).toMatchObject({ status: "running", name: "lesson 1", path });
  const second = await teach({ name: "b" });
  expect((await second.json()).error.message).toContain("A training is under way");

  await whenStatus("done");
  const done = await run();
  expect(done).toMatchObject({ step: 24, steps: 24, memoryBytes: expect.any(Number) });
  expect(done?.losses).toHaveLength(24);
  expect(done?.report).toMatchObject({ rows: 11, examples: 10, droppedRows: 1 });
  expect(done?.report?.faults[0]?.line).toBe(11);
  await whenReady(app().holder);
  expect(app().holder.answering?.facts.adapters).toEqual([{ name: "lesson 1", path, scale: 1 }]);
  expect(await chat(app(), ask)).toBe(before);
  expect(await chat(app(), { ...ask, lora: [{ name: "lesson 1", scale: 1 }] })).toBe(TAUGHT);
  expect(await chat(app(), { ...ask, lora: [{ name: "lesson 1", scale: 0 }] })).toBe(before);
});

test("tells what went wrong", async () => {
  await teach({ name: "nothing", dataset: '{"prompt":"Hi"}' });
  await whenStatus("failed");
  expect((await run())?.error).toMatchObject({ code: "BAD_DATASET" });
  await mkdir(join(app().folder, "adapters"), { recursive: true });
  await writeFile(join(app().folder, "adapters", "there.gguf"), "");
  await teach({ name: "there" });
  await vi.waitFor(async () => expect((await run())?.error?.message).toContain("exists already"));
});

test("is stopped, and leaves nothing behind", async () => {
  await teach({ name: "endless", epochs: 10_000 });
  await vi.waitFor(async () => expect((await run())?.step).toBeGreaterThan(0), 30_000);
  const response = await send(app(), "DELETE", "/app/training");
  expect((await response.json()).training.run.status).toBe("stopping");
  await whenStatus("stopped");
  const path = join(app().folder, "adapters", "endless.gguf");
  expect([path, `${path}.checkpoint`].filter(existsSync)).toEqual([]);
});
