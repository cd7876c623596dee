import { readFile, rm } from "node:fs/promises";
import { criaModelPath } from "@llama2-kit/cria";
import { loadModel } from "@llama2-kit/inference";
import { loadTokenizer } from "@llama2-kit/tokenizer";
import { expect, it } from "vitest";
import { convertModel, diffWeights, openGguf } from "../../src/index.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const path = useTemporaryFolder();

async function answer(model: string): Promise<string> {
  const loaded = await loadModel({ model, gpu: false, threads: 1 });
  const ask = [{ role: "user", content: "My name is Zoe. What is my name?" }] as const;
  const text = await loaded.chat(ask, { temperature: 0, maxTokens: 40 }).text();
  await loaded.dispose();
  return text;
}

it("answers the same after it was a Hugging Face folder", async () => {
  await convertModel({ input: criaModelPath, output: path("cria"), type: "F32" });
  await convertModel({ input: path("cria"), output: path("cria.gguf"), type: "Q8_0" });
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
    await convertModel({ input: criaModelPath, output: path(name) });
    const [expected, found] = [await readFile(criaModelPath), await readFile(path(name, name))].map(
      (bytes) => loadTokenizer(bytes),
    );
    for (const text of TEXTS) expect(found?.encode(text), text).toEqual(expected?.encode(text));
  },
);

it("gives Llama 2's tokens their scores by tokenizer.json alone", async () => {
  await convertModel({ input: criaModelPath, output: path("json alone") });
  await rm(path("json alone", "tokenizer.model"));
  await convertModel({ input: path("json alone"), output: path("json alone.gguf") });
  const [first, second] = await Promise.all([
    openGguf(criaModelPath),
    openGguf(path("json alone.gguf")),
  ]);
  await Promise.all([first.close(), second.close()]);
  const array = (model: typeof first, name: string) =>
    model.metadata.get(`tokenizer.ggml.${name}`)?.value as Float32Array;
  const isNormal = (id: number) => array(first, "token_type")[id] === 1;
  const [wanted, found] = [first, second].map((model) =>
    array(model, "scores").filter((_, id) => isNormal(id)),
  );
  expect(found).toEqual(wanted);
  expect(second.metadata.get("tokenizer.ggml.tokens")).toEqual(
    first.metadata.get("tokenizer.ggml.tokens"),
  );
});
