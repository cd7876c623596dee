import { copyFile, mkdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { afterEach, expect, test } from "vitest";
import { findAdapters, noteAdapter } from "../../server/taught-adapters.ts";
import { writeAdapter } from "../adapter-file.ts";
import { reset, useApp } from "./start-app.ts";

const app = useApp();
const folder = () => join(app().folder, "adapters");
const adapters = () => app().holder.answering?.facts.adapters;

afterEach(() => rm(folder(), { recursive: true, force: true }));

/** An adapter as a training leaves it. */
async function teach(name: string, model = criaModelPath): Promise<string> {
  await mkdir(folder(), { recursive: true });
  const path = await writeAdapter(folder(), `${name}.gguf`);
  await noteAdapter(path, model);
  return path;
}

test("what was taught to a model is there again whenever that model is loaded", async () => {
  const path = await teach("lesson 1");
  const named = { name: "noise", path: await writeAdapter(app().folder), scale: 0.5 };
  await reset(app(), { model: "cria", adapters: [named] });
  expect(adapters()).toEqual([named, { name: "lesson 1", path, scale: 1 }]);
  await reset(app(), { model: criaModelPath, contextSize: 128 });
  expect(adapters()).toEqual([{ name: "lesson 1", path, scale: 1 }]);
});

test("what is named is not found once more", async () => {
  const path = await teach("lesson");
  await teach("other");
  const named = [
    { name: "mine", path, scale: 1 },
    { name: "other", path: await writeAdapter(app().folder), scale: 2 },
  ];
  await reset(app(), { model: "cria", adapters: named });
  expect(adapters()).toEqual(named);
});

test("a damaged one does not keep the model from being loaded", async () => {
  const path = await teach("broken");
  await truncate(path, 2000);
  await reset(app());
  expect(adapters()).toEqual([]);
});

test("a model is known by its file, wherever that lies; notes that say nothing are none", async () => {
  const elsewhere = join(app().folder, "cria.Q8_0.gguf");
  await copyFile(criaModelPath, elsewhere);
  const other = join(app().folder, "other.gguf");
  await copyFile(criaModelPath, other);
  const path = await teach("a");
  expect(await findAdapters(folder(), elsewhere)).toEqual([{ name: "a", path }]);
  expect(await findAdapters(folder(), other)).toEqual([]);
  for (const note of ["", "null", "[]", "{}", '{"model":5}', "x".repeat(10_000)]) {
    await writeFile(`${path}.json`, note);
    expect(await findAdapters(folder(), elsewhere)).toEqual([]);
  }
  expect(await findAdapters(join(folder(), "nowhere"), elsewhere)).toEqual([]);
});
