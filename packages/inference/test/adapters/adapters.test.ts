import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import {
  getLlama,
  type LlamaContext,
  LlamaLogLevel,
  type LlamaModel,
  type Token,
} from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkAdapterFile } from "../../src/adapters/adapter-file.ts";
import { Adapters } from "../../src/adapters/adapters.ts";
import type { NativeAdapters } from "../../src/engine/native-context.ts";
import { InferenceError } from "../../src/index.ts";
import { type ModelHeader, readModelHeader } from "../../src/inspect/model-header.ts";
import { brokenAdapters } from "../support/broken-adapters.ts";
import { loadCria } from "../support/cria.ts";
import { ggufBytes, type TestFile } from "../support/gguf-file.ts";
import { loraFile } from "../support/lora-file.ts";
import { TINY, tinyLlama } from "../support/tiny-llama.ts";

let folder: string;
let cria: ModelHeader;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
  cria = await readModelHeader(criaModelPath);
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, content: TestFile | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content instanceof Uint8Array ? content : ggufBytes(content));
  return path;
}

describe("an adapter that is broken is refused, with the reason", () => {
  test.each(brokenAdapters)("$what", async ({ bytes, code, message }) => {
    const path = await write("bad.gguf", bytes());
    const error = await checkAdapterFile(path, cria).catch((reason) => reason);
    expect(InferenceError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(error.message).toContain(path);
    expect(error.message).toMatch(/\.$/);
  });

  test("or not there", async () => {
    const missing = join(folder, "missing.gguf");
    await expect(checkAdapterFile(missing, cria)).rejects.toMatchObject({
      code: "ADAPTER_NOT_FOUND",
      message: `Cannot read the adapter ${missing}: there is no such file.`,
    });
    await expect(checkAdapterFile(folder, cria)).rejects.toMatchObject({
      code: "ADAPTER_NOT_FOUND",
    });
  });

  test("as a model is loaded with it", async () => {
    const path = await write(
      "other.gguf",
      loraFile({ targets: [["blk.0.attn_q.weight", 64, 64]] }),
    );
    await expect(loadCria({ adapters: { other: path } })).rejects.toMatchObject({
      code: "ADAPTER_MISMATCH",
    });
    await expect(loadCria({ model: path })).rejects.toMatchObject({
      code: "INVALID_MODEL",
      message: `${path} cannot be loaded: it is an adapter; load its base model, and give this with \`adapters\`.`,
    });
  });
});

test("an adapter that is not broken tells what it is", async () => {
  const path = await write("good.gguf", loraFile({ rank: 4, alpha: 8 }));
  const info = await checkAdapterFile(path, cria);
  expect(info).toMatchObject({ rank: 4, alpha: 8, ignored: [] });
  expect(info.targets).toHaveLength(18);
  expect(info.targets[0]).toBe("blk.0.attn_q.weight");
});

test("norms that llama.cpp leaves out are warned of", async () => {
  const path = await write(
    "norms.gguf",
    loraFile({
      tensors: (all) => [
        ...all,
        { name: "output_norm.weight", dimensions: [192], data: new Float32Array(192) },
      ],
    }),
  );
  const told: string[] = [];
  await using model = await loadCria({
    adapters: [{ name: "norms", path }],
    onWarning: (warning) => told.push(warning),
  });
  expect(told).toEqual([
    expect.stringMatching(/1, such as output_norm\.weight\), which llama\.cpp/),
  ]);
  expect(model.warnings).toEqual(told);
});

describe("adapters that are loaded", () => {
  let model: LlamaModel;
  let adapters: Adapters;
  beforeAll(async () => {
    const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled });
    model = await llama.loadModel({ modelPath: criaModelPath });
    adapters = await Adapters.load(model, [
      { name: "one", path: await write("one.gguf", loraFile({ seed: 1 })), scale: 1 },
      { name: "two", path: await write("two.gguf", loraFile({ seed: 2 })), scale: 0.5 },
    ]);
  });
  afterAll(async () => {
    await adapters.dispose();
    await model.dispose();
  });

  /** The greedy answer to a question with some adapters. */
  async function answer(choice: Parameters<Adapters["choose"]>[0]): Promise<string> {
    const context = await model.createContext({ contextSize: 64, threads: 1, batchSize: 32 });
    const { loras, scales } = adapters.choose(choice);
    setLoras(context, loras, scales);
    const prompt = [1 as Token, ...model.tokenize("[INST] My name is Zoe. [/INST]")];
    const tokens: Token[] = [];
    for await (const token of context.getSequence().evaluate(prompt, { temperature: 0 })) {
      tokens.push(token);
      if (tokens.length === 8) break;
    }
    await context.dispose();
    return model.detokenize(tokens);
  }

  test("act, each by itself and by its scale, and leave the model as it was", async () => {
    const plain = await answer(undefined);
    expect(plain.trim()).toMatch(/^Nice to meet you, Zoe!/);
    const answers = [
      await answer("one"),
      await answer("two"),
      await answer([{ name: "one", scale: -1 }]),
    ];
    expect(new Set([plain, ...answers]).size).toBe(4);
    expect(await answer([{ name: "one", scale: 0 }])).toBe(plain);
    expect(await answer("one")).toBe(answers[0]);
    expect(await answer(undefined)).toBe(plain);
  });

  test("are chosen by a key that is the same for the same choice", () => {
    expect(adapters.names).toEqual(["one", "two"]);
    expect(adapters.choose(undefined)).toEqual({ key: "", loras: [], scales: [] });
    expect(adapters.choose([]).key).toBe("");
    expect(adapters.choose([{ name: "one", scale: 0 }]).key).toBe("");
    expect(adapters.choose("one").key).toBe(adapters.choose([{ name: "one", scale: 1 }]).key);
    expect(adapters.choose("two").scales).toEqual([0.5]);
    const both = adapters.choose([{ name: "two" }, { name: "one" }]);
    expect(both.key).toBe(adapters.choose([{ name: "one" }, { name: "two", scale: 0.5 }]).key);
    expect(both.scales).toEqual([1, 0.5]);
    expect(both.key).not.toBe(adapters.choose([{ name: "one" }, { name: "two", scale: 1 }]).key);
  });

  test.each<[unknown, RegExp]>([
    ["three", /adapter\[0\] must be one of the adapters .* \("one", "two"\); it is "three"/],
    [5, /adapter must be an adapter's name, or an array/],
    [
      [{ name: "one", scale: Number.NaN }],
      /adapter\[0\]\.scale must be a number from -1000 to 1000/,
    ],
    [[null], /adapter\[0\] must be one of the adapters/],
    [[{ name: "one" }, { name: "one", scale: 2 }], /adapter\[1\]\.name must be named once/],
  ])("%o is refused", (choice, message) => {
    expect(() => adapters.choose(choice as string)).toThrow(
      expect.objectContaining({ code: "BAD_PARAMETER", message: expect.stringMatching(message) }),
    );
  });
});

test("an adapter acts as its matrices merged into the weights do", async () => {
  const tiny = tinyLlama();
  const target = ["blk.1.ffn_down.weight", TINY.feedForward, TINY.embedding] as const;
  const lora = loraFile({ targets: [target], rank: 2, alpha: 6 });
  const [a, b] = lora.tensors.map(({ data }) => data as Float32Array);
  const scale = (0.5 * 6) / 2;
  const [name, row] = target;
  const merge = (weights: Float32Array) =>
    weights.map((weight, index) => {
      const [x, y] = [index % row, Math.floor(index / row)];
      const at = (rank: number) => (a?.[rank * row + x] ?? 0) * (b?.[y * 2 + rank] ?? 0);
      return weight + scale * (at(0) + at(1));
    });
  const merged = {
    ...tiny,
    tensors: tiny.tensors.map((tensor) =>
      tensor.name === name ? { ...tensor, data: merge(tensor.data as Float32Array) } : tensor,
    ),
  };
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled });
  const base = await llama.loadModel({ modelPath: await write("base.gguf", tiny) });
  const file = { name: "x", path: await write("lora.gguf", lora), scale: 0.5 };
  const adapters = await Adapters.load(base, [file]);
  const other = await llama.loadModel({ modelPath: await write("merged.gguf", merged) });

  const plain = await distribution(base, Adapters.none.choose(undefined));
  const adapted = await distribution(base, adapters.choose("x"));
  const wanted = await distribution(other, Adapters.none.choose(undefined));
  const difference = (one: number[], two: number[]) =>
    Math.max(...one.map((value, index) => Math.abs(value - (two[index] ?? 0))));
  expect(difference(adapted, wanted)).toBeLessThan(1e-5);
  expect(difference(adapted, plain)).toBeGreaterThan(1e-3);
  await adapters.dispose();
  await base.dispose();
  await other.dispose();
});

/** The likelihoods of the token after "hello", by id. */
async function distribution(
  model: LlamaModel,
  { loras, scales }: NativeAdapters,
): Promise<number[]> {
  const context = await model.createContext({ contextSize: 32, threads: 1, batchSize: 32 });
  setLoras(context, loras, scales);
  const prompt = [1 as Token, ...model.tokenize("hello")];
  const options = { temperature: 1, topK: 0, topP: 1 };
  const stream = context
    .getSequence()
    .evaluateWithMetadata(prompt, { probabilities: true }, options);
  for await (const { probabilities } of stream) {
    await context.dispose();
    return Array.from({ length: TINY.vocabulary }, (_, id) => probabilities.get(id as Token) ?? 0);
  }
  throw new Error("no token");
}

function setLoras(context: LlamaContext, loras: unknown, scales: unknown): void {
  const native = context as unknown as {
    _ctx: { setLoras(loras: unknown, scales: unknown): void };
  };
  native._ctx.setLoras(loras, scales);
}

test("a model without adapters says that there are none", () => {
  expect(() => Adapters.none.choose("one")).toThrow(/\(there are none\)/);
});
