import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { readGgufFileInfo } from "node-llama-cpp";
import { expect, test } from "vitest";
import { criaFacts, criaModelPath } from "../src/index.ts";

test("the facts are those of the file", async () => {
  const file = await readFile(criaModelPath);
  expect(file.length).toBe(criaFacts.fileBytes);
  expect(createHash("sha256").update(file).digest("hex")).toBe(criaFacts.sha256);

  const { metadata, fullTensorInfo } = await readGgufFileInfo(criaModelPath);
  expect(metadata.general.architecture).toBe(criaFacts.architecture);
  expect(metadata).toMatchObject({
    llama: { context_length: criaFacts.contextSize, vocab_size: criaFacts.vocabularySize },
  });
  const sizes = fullTensorInfo?.map(({ dimensions }) => dimensions.map(Number)) ?? [];
  const parameters = sizes.reduce((sum, dimensions) => sum + dimensions.reduce((a, b) => a * b), 0);
  expect(parameters).toBe(criaFacts.parameters);
});
