import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { devNull } from "node:os";
import { beforeAll, expect, it } from "vitest";
import { writeFolderWhole } from "../../src/files/write-folder.ts";
import { convertModel, writeGguf, writeSafetensors } from "../../src/index.ts";
import { writeLlama } from "../quantize/made-llama.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const path = useTemporaryFolder();
let model: string;
beforeAll(async () => {
  model = await writeLlama(path("model.gguf"));
});

const DEVICES = process.platform === "win32" ? [] : [devNull];
const nothing = { metadata: new Map(), tensors: [] };
const refused = (message: RegExp) =>
  expect.objectContaining({ code: "OUTPUT_EXISTS", message: expect.stringMatching(message) });

it("never removes a folder with other things than a model, not even by force", async () => {
  await mkdir(path("work"));
  const input = path("work", "model.gguf");
  await copyFile(model, input);
  const convert = () => convertModel({ input, output: path("work"), overwrite: true });
  await expect(convert()).rejects.toEqual(refused(/has model.gguf as well.*remove the folder/));
  expect(await readdir(path("work"))).toEqual(["model.gguf"]);
});

it.each([
  ["files of another kind", async (folder: string) => writeFile(`${folder}/thesis.txt`, "mine")],
  [
    "folders beside a model",
    async (folder: string) => {
      await writeFile(`${folder}/config.json`, "{}");
      await mkdir(`${folder}/notes`);
    },
  ],
])("keeps a folder with %s", async (what, fill) => {
  const output = path(what);
  await mkdir(output);
  await fill(output);
  const before = await readdir(output);
  const made = convertModel({ input: model, output, overwrite: true });
  await expect(made).rejects.toEqual(refused(/replaced as a whole/));
  expect(await readdir(output)).toEqual(before);
});

it("replaces a folder with a model by force", async () => {
  const output = path("hf");
  await convertModel({ input: model, output, shardBytes: 5e4 });
  await convertModel({ input: model, output, overwrite: true });
  expect(await readdir(output)).toContain("model.safetensors");
  expect(await readdir(output)).not.toContain("model.safetensors.index.json");
});

it("puts no folder in the place of a file, and no file in that of a folder or a device", async () => {
  await writeFile(path("a file"), "mine");
  const convert = convertModel({ input: model, output: path("a file"), overwrite: true });
  await expect(convert).rejects.toEqual(refused(/is no folder/));
  await mkdir(path("folder.gguf"));
  for (const output of [path("folder.gguf"), ...DEVICES]) {
    const write = writeGguf(output, nothing, { overwrite: true });
    await expect(write).rejects.toEqual(refused(/is no file/));
  }
});

it("names the folder that was asked for where a file in it cannot be written", async () => {
  const output = path("full");
  const written = writeFolderWhole(output, {}, async (folder) => {
    await writeSafetensors(`${folder}/no such/model.safetensors`, []);
  });
  await expect(written).rejects.toMatchObject({
    code: "CANNOT_WRITE",
    path: path("full", "no such", "model.safetensors"),
    message: expect.stringContaining(path("full", "no such", "model.safetensors")),
  });
  await expect(written).rejects.not.toThrow(".partial");
  expect(await readdir(path())).not.toContainEqual(expect.stringContaining("partial"));
});
