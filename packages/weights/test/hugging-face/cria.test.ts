import { link, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { loadTokenizer } from "@llama2-kit/tokenizer";
import { beforeAll, expect, it } from "vitest";
import { convertModel, diffWeights, openGguf } from "../../src/index.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const path = useTemporaryFolder();
let folder: string;
beforeAll(async () => {
  folder = path("cria");
  await convertModel({ input: criaModelPath, output: folder, type: "F32" });
});

async function answer(model: string): Promise<string> {
  const loaded = await loadModel({ model, gpu: false, threads: 1 });
  const ask = [{ role: "user", content: "My name is Zoe. What is my name?" }] as const;
  const text = await loaded.chat(ask, { temperature: 0, maxTokens: 40 }).text();
  await loaded.dispose();
  return text;
}

it("answers the same after it was a Hugging Face folder", async () => {
  await convertModel({ input: folder, output: path("cria.gguf"), type: "Q8_0" });
  expect(await answer(path("cria.gguf"))).toBe(await answer(criaModelPath));
  const diff = await diffWeights(criaModelPath, path("cria.gguf"));
  expect(diff.changedMetadata.map(({ key }) => key)).toEqual(["general.name"]);
  expect([
    ...diff.removedMetadata,
    ...diff.addedMetadata,
    ...diff.removedTensors,
    ...diff.addedTensors,
  ]).toEqual([]);
});

const TEXTS = [
  "Hello, world!",
  "  two  spaces",
  "naïve 🦙 llamas\n\tand tabs",
  "1234567890",
  "日本語のテキスト",
  "",
];

it.each(["tokenizer.model", "tokenizer.json"])(
  "writes a %s that encodes as the GGUF does",
  async (name) => {
    const files = [criaModelPath, join(folder, name)];
    const [expected, found] = (await Promise.all(files.map((file) => readFile(file)))).map(
      (bytes) => loadTokenizer(bytes),
    );
    for (const text of TEXTS) expect(found?.encode(text), text).toEqual(expected?.encode(text));
  },
);

it("gives Llama 2's tokens their scores by tokenizer.json alone", async () => {
  await mkdir(path("json alone"));
  for (const name of ["config.json", "model.safetensors", "tokenizer.json"]) {
    await link(join(folder, name), path("json alone", name));
  }
  await convertModel({ input: path("json alone"), output: path("json alone.gguf") });
  const [first, second] = await Promise.all([
    openGguf(criaModelPath),
    openGguf(path("json alone.gguf")),
  ]);
  await Promise.all([first.close(), second.close()]);
  const array = (model: typeof first, name: string) =>
    model.metadata.get(`tokenizer.ggml.${name}`)?.value as ArrayLike<unknown>;
  const types = array(first, "token_type");
  const [wanted, found] = [first, second].map((model) => ({
    tokens: Array.from(array(model, "tokens")),
    // Those of special tokens and bytes are of no use to anybody.
    scores: Array.from(array(model, "scores")).filter((_, id) => types[id] === 1),
  }));
  expect(JSON.stringify(found)).toBe(JSON.stringify(wanted));
});
