import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openGguf } from "../../src/gguf/open-gguf.ts";
import { ggufToHuggingFace } from "../../src/hugging-face/from-gguf.ts";
import { writePeft } from "../adapters/made-adapter.ts";
import { tensorOf, writeLlama } from "./made-llama.ts";

// As where koffi is not installed: it is an optional peer. The module is loaded anew, since it keeps a library that it found.
let folder: string;
let createProgram: typeof import("../../src/cli/program.ts").createProgram;
let huggingFaceToGguf: typeof import("../../src/hugging-face/to-gguf.ts").huggingFaceToGguf;
let quantizeModel: typeof import("../../src/quantize/quantize-model.ts").quantizeModel;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
  vi.resetModules();
  vi.doMock("koffi", () => {
    throw new Error("Cannot find package 'koffi'");
  });
  ({ quantizeModel } = await import("../../src/quantize/quantize-model.ts"));
  ({ createProgram } = await import("../../src/cli/program.ts"));
  ({ huggingFaceToGguf } = await import("../../src/hugging-face/to-gguf.ts"));
});
afterAll(async () => {
  vi.doUnmock("koffi");
  vi.resetModules();
  await rm(folder, { recursive: true });
});

const SIZES = { embedding: 256, heads: 2, kvHeads: 1, feedForward: 256, layers: 1 };

test("a K-quant is refused, with what to install, before anything is written", async () => {
  const input = await writeLlama(join(folder, "model.gguf"), SIZES);
  const before = await readdir(folder);
  const made = quantizeModel({ input, output: join(folder, "k.gguf"), type: "Q4_K_M" });
  await expect(made).rejects.toMatchObject({
    code: "MISSING_LIBRARY",
    message: expect.stringMatching(/koffi.*npm install koffi node-llama-cpp/s),
  });
  expect(await readdir(folder)).toEqual(before);
});

test("Q4_0 is made all the same, its output with 8 bits instead of 6", async () => {
  const input = await writeLlama(join(folder, "tiny.gguf"), SIZES);
  const output = join(folder, "tiny.Q4_0.gguf");
  const result = await quantizeModel({ input, output, type: "Q4_0" });
  expect(result.isOutputQ8).toBe(true);
  expect(result.types.get("output.weight")).toBe("Q8_0");
  const model = await openGguf(output);
  await model.close();
  expect(model.tensors.get("output.weight")?.type).toBe("Q8_0");
  expect(model.tensors.get("blk.0.attn_q.weight")?.type).toBe("Q4_0");
});

test("so it is of a Hugging Face folder", async () => {
  const source = await writeLlama(join(folder, "source.gguf"), SIZES);
  const input = join(folder, "hf");
  await ggufToHuggingFace({ input: source, output: input });
  const output = join(folder, "hf.Q4_0.gguf");
  const { types, isOutputQ8 } = await huggingFaceToGguf({ input, output, type: "Q4_0" });
  expect(isOutputQ8).toBe(true);
  expect(types.get("output.weight")).toBe("Q8_0");
  expect(types.get("blk.0.attn_q.weight")).toBe("Q4_0");
});

test("the command says so, of whatever it makes", async () => {
  const model = await writeLlama(join(folder, "said.gguf"), SIZES);
  const base = join(folder, "said");
  await ggufToHuggingFace({ input: model, output: base });
  const module = "model.layers.0.self_attn.q_proj";
  const adapter = await writePeft(join(folder, "adapter"), {
    rank: 1,
    modules: [module],
    tensors: () => [
      tensorOf(`base_model.model.${module}.lora_A.weight`, [1, 256], new Float32Array(256)),
      tensorOf(`base_model.model.${module}.lora_B.weight`, [256, 1], new Float32Array(256)),
    ],
  });
  for (const args of [
    ["convert", base, join(folder, "said.convert.gguf"), "--type", "Q4_0"],
    ["quantize", model, join(folder, "said.quantize.gguf"), "Q4_0"],
    ["merge", model, join(folder, "said.merge.gguf"), "--adapter", adapter, "--type", "Q4_1"],
  ]) {
    const lines: string[] = [];
    const program = createProgram("0.0.0", {
      signal: new AbortController().signal,
      print: (line) => lines.push(line),
      withProgress: (_verb, work) => work({}),
    });
    await program.parseAsync(args, { from: "user" });
    expect(lines[0], args[0]).toMatch(/output's matrix has 8 bits.*npm install koffi/);
  }
});
