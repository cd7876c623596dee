import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import {
  getLlama,
  type LlamaContext,
  type LlamaContextOptions,
  LlamaLogLevel,
} from "node-llama-cpp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inspectModel } from "../src/index.ts";
import { readModelHeader } from "../src/model-header.ts";
import { ggufBytes, writeSparse } from "./gguf-file.ts";
import { LLAMA_2_7B, LLAMA_2_70B, type LlamaSizes, largeLlama } from "./large-llama.ts";
import { tinyLlama } from "./tiny-llama.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a model's file tells what it is", async () => {
  const info = await inspectModel(criaModelPath, { gpu: false });
  expect(info).toMatchObject({
    path: criaModelPath,
    name: "cria prototype",
    architecture: "llama",
    quantization: "Q8_0",
    parameters: 8_579_520,
    contextSize: 512,
    layers: 6,
    heads: 6,
    kvHeads: 3,
    embeddingSize: 192,
    vocabularySize: 32_000,
    chatTemplate: "llama2",
    fileBytes: 9_850_880,
    files: 1,
    fit: { gpu: undefined, ram: { fits: true } },
  });
  expect(info.bitsPerWeight).toBeCloseTo(8.51, 2);
  expect(info.memory.totalBytes).toBe(
    info.memory.weightsBytes + info.memory.kvCacheBytes + info.memory.computeBytes,
  );
});

test("one without a template, or a type, or with another's template", async () => {
  const tiny = tinyLlama();
  const { "general.file_type": _, ...metadata } = tiny.metadata;
  const path = join(folder, "tiny.gguf");
  await writeFile(path, ggufBytes({ ...tiny, metadata }));
  const info = await inspectModel(path, { gpu: false });
  expect(info).toMatchObject({ quantization: "F32", chatTemplate: "none", bitsPerWeight: 32 });
  const template = ["string", "{{ messages }}"] as const;
  const other = { ...metadata, "tokenizer.chat_template": template };
  await writeFile(path, ggufBytes({ ...tiny, metadata: other }));
  expect((await inspectModel(path, { gpu: false })).chatTemplate).toBe("other");
});

// Elsewhere a file with a hole takes the room of what is not in it.
test.skipIf(process.platform !== "linux").each<[string, LlamaSizes, object]>([
  ["7B", LLAMA_2_7B, { parameters: 6_738_415_616, layers: 32, heads: 32, kvHeads: 32 }],
  ["70B", LLAMA_2_70B, { parameters: 68_976_648_192, layers: 80, heads: 64, kvHeads: 8 }],
])("a Llama 2 %s is inspected without being loaded", async (name, sizes, expected) => {
  const path = join(folder, `${name}.gguf`);
  await writeSparse(path, largeLlama(sizes));
  const info = await inspectModel(path, { gpu: false });
  expect(info).toMatchObject({ ...expected, quantization: "Q4_0", contextSize: 4096 });
  expect(info.bitsPerWeight).toBeGreaterThan(4.5);
  expect(info.bitsPerWeight).toBeLessThan(4.6);
  // 2 * layers * KV heads * 128 * 4096 tokens * 2 bytes
  const cache = { "7B": 2 ** 31, "70B": 1.25 * 2 ** 30 }[name];
  expect(info.memory.kvCacheBytes).toBe(cache);
  const half = await inspectModel(path, { gpu: false, contextSize: 1024, sequences: 2 });
  expect(half.memory.kvCacheBytes).toBe((cache ?? 0) / 2);
  const small = await inspectModel(path, { gpu: false, kvCacheType: "q8_0" });
  expect(small.memory.kvCacheBytes).toBe(((cache ?? 0) * 17) / 32);
});

test.skipIf(process.platform !== "linux")("what no machine has does not fit", async () => {
  const path = join(folder, "huge.gguf");
  await writeSparse(path, largeLlama({ ...LLAMA_2_7B, layers: 512 }));
  const { fit } = await inspectModel(path, { gpu: false, sequences: 256 });
  expect(fit.ram.fits).toBe(false);
  expect(fit.ram.neededBytes).toBeGreaterThan(2 ** 40);
});

test("the memory it reckons is about what llama.cpp takes", async () => {
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled });
  const model = await llama.loadModel({ modelPath: criaModelPath });
  /** What a context takes, and what was reckoned for it. */
  const compare = async (options: LlamaContextOptions & { contextSize: number }) => {
    const context = await model.createContext({ ...options, threads: 1, flashAttention: false });
    const { _ctx } = context as LlamaContext & {
      _ctx: { getMemoryBreakdown(): { cpuRam: number } };
    };
    const actual = _ctx.getMemoryBreakdown().cpuRam;
    await context.dispose();
    const { contextSize, sequences = 1 } = options;
    const { memory } = await inspectModel(criaModelPath, { gpu: false, contextSize, sequences });
    return (memory.kvCacheBytes + memory.computeBytes) / actual;
  };
  for (const options of [
    { contextSize: 512, sequences: 1, batchSize: 128 },
    { contextSize: 512, sequences: 8, batchSize: 128 },
    { contextSize: 100, sequences: 3, batchSize: 128 },
  ]) {
    const ratio = await compare(options);
    expect(ratio, JSON.stringify(options)).toBeGreaterThan(0.8);
    expect(ratio, JSON.stringify(options)).toBeLessThan(1.2);
  }
  await model.dispose();
});

test("a broken file, and broken options, are told of as in loading", async () => {
  const path = join(folder, "cut.gguf");
  await writeFile(path, ggufBytes(tinyLlama()).subarray(0, -1));
  await expect(inspectModel(path)).rejects.toMatchObject({ code: "MODEL_TRUNCATED" });
  await expect(inspectModel(join(folder, "x"))).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  for (const [options, parameter] of [
    [{ contextSize: 0 }, "contextSize"],
    [{ sequences: 300 }, "sequences"],
    [{ kvCacheType: "q1" }, "kvCacheType"],
    [{ gpu: "tpu" }, "gpu"],
    [{ context: 1 }, "context"],
  ] as const) {
    const inspected = inspectModel(criaModelPath, options as object);
    await expect(inspected).rejects.toMatchObject({ code: "BAD_PARAMETER", parameter });
  }
  await expect(inspectModel("")).rejects.toMatchObject({ parameter: "file" });
});

test("a header is read whatever its size, and no further than it goes", async () => {
  const tiny = tinyLlama();
  const path = join(folder, "long.gguf");
  const text = "x".repeat(3 * 2 ** 20);
  const metadata = { ...tiny.metadata, "general.description": ["string", text] } as const;
  await writeFile(path, ggufBytes({ ...tiny, metadata }));
  const header = await readModelHeader(path);
  expect(header.metadata.get("general.description")).toEqual({ type: "string", value: text });
  expect(header.tensors.size).toBe(tiny.tensors.length);
});
