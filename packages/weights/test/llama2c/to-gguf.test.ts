import { truncate, writeFile } from "node:fs/promises";
import { loadModel } from "@llama2-kit/inference";
import { describe, expect, it } from "vitest";
import { llama2cToGguf, openGguf, openLlama2c } from "../../src/index.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";
import { TOKENS } from "../support/tiny-hugging-face.ts";
import { llama2cWeights, writeLlama2c, writeTokenizerBin } from "../support/tiny-llama2c.ts";

const path = useTemporaryFolder();

describe.each([0, 1, 2] as const)("a checkpoint of version %i", (version) => {
  it.each([true, false])("becomes a GGUF with the same weights (tied: %s)", async (isTied) => {
    const name = `v${version} ${isTied}`;
    const input = await writeLlama2c(path(`${name}.bin`), version, isTied);
    const output = path(`${name}.gguf`);
    await llama2cToGguf({
      input,
      output,
      tokenizer: await writeTokenizerBin(path(`${name}.tokenizer`)),
    });
    const expected = llama2cWeights(isTied);
    const model = await openGguf(output);
    expect(new Set(model.tensors.keys())).toEqual(new Set(expected.keys()));
    for (const tensor of model.tensors.values()) {
      const values = new Float32Array((await tensor.read(0, tensor.byteLength)).slice().buffer);
      const wanted = expected.get(tensor.name) as Float32Array;
      const errors = values.map((value, index) => Math.abs(value - (wanted[index] as number)));
      // In 8 bits a weight is off by half a step at most, and a step is about 1/127 of the largest.
      const limit = version < 2 || tensor.shape.length === 1 ? 0 : 0.01;
      expect(values.length).toBe(wanted.length);
      expect(Math.max(...errors), tensor.name).toBeLessThanOrEqual(limit);
    }
    expect(model.metadata.get("tokenizer.ggml.tokens")?.value).toEqual(TOKENS);
    await model.close();
  });
});

it("makes a GGUF that llama.cpp loads and runs", async () => {
  await writeLlama2c(path("story.bin"));
  await writeTokenizerBin(path("tokenizer.bin"));
  await llama2cToGguf({ input: path("story.bin"), output: path("story.gguf"), type: "Q8_0" });
  const model = await loadModel({
    model: path("story.gguf"),
    gpu: false,
    threads: 1,
    contextSize: 64,
  });
  const result = await model.complete("ab", { maxTokens: 4 }).result;
  await model.dispose();
  expect(result.usage.completionTokens).toBeGreaterThan(0);
});

it("refuses a file of another size, and one that is no checkpoint", async () => {
  const input = await writeLlama2c(path("cut.bin"));
  await truncate(input, 5000);
  await expect(openLlama2c(input)).rejects.toMatchObject({ code: "BAD_LLAMA2C" });
  await writeFile(path("noise.bin"), Buffer.alloc(300, 0xee));
  await expect(openLlama2c(path("noise.bin"))).rejects.toThrow(/no sound llama2.c checkpoint/);
});

it("refuses a tokenizer of another model", async () => {
  const input = await writeLlama2c(path("other.bin"));
  const tokenizer = await writeTokenizerBin(path("short.bin"));
  await truncate(tokenizer, 500);
  const options = { input, tokenizer, output: path("never.gguf") };
  await expect(llama2cToGguf(options)).rejects.toMatchObject({ code: "BAD_TOKENIZER" });
});
