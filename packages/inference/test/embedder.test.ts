import { criaModelPath } from "@llama2-kit/cria";
import { getLlama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createEmbedder, type Embedder } from "../src/embedder.ts";
import { loadCria } from "./cria.ts";

let model: LlamaModel;
beforeAll(async () => {
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled });
  model = await llama.loadModel({ modelPath: criaModelPath });
});
afterAll(() => model.dispose());

let embedder: Embedder | undefined;
afterEach(() => embedder?.dispose());

function create({ contextSize = 128, batchSize = 32 } = {}): Embedder {
  embedder = createEmbedder(model, { id: "cria", contextSize, batchSize, threads: 1 });
  return embedder;
}

const dot = (a: readonly number[] = [], b: readonly number[] = []) =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

describe("embedding", () => {
  test("gives a vector a text, of length 1, in order", async () => {
    const texts = ["My name is Zoe.", "My name is Tom.", "The sun is warm."];
    const { vectors, promptTokens } = await create().embed(texts);
    expect(vectors.map(({ length }) => length)).toEqual([192, 192, 192]);
    for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 10);
    expect(promptTokens).toBe(
      texts.reduce((sum, text) => sum + 1 + model.tokenize(text).length, 0),
    );
    const [zoe, tom, sun] = vectors;
    expect(dot(zoe, tom)).toBeGreaterThan(dot(zoe, sun));
  });

  test("gives the same for a text whatever is embedded with it, and in whatever batches", async () => {
    const long = "Once upon a time, there was a little llama who liked to sing. ".repeat(4);
    const alone = (await create().embed([long])).vectors[0];
    const again = (await create().embed(["Hello.", long, "Bye."])).vectors[1];
    expect(again).toEqual(alone);
    const [first, second] = await Promise.all([
      embedder?.embed([long]),
      embedder?.embed(["x", long]),
    ]);
    expect(first?.vectors[0]).toEqual(alone);
    expect(second?.vectors[1]).toEqual(alone);
    const whole = (await create({ batchSize: 128 }).embed([long])).vectors[0];
    expect(dot(whole, alone)).toBeGreaterThan(0.999);
  });

  test("takes special tokens for text, and an empty text for BOS alone", async () => {
    const { vectors, promptTokens } = await create().embed(["</s>", ""]);
    expect(promptTokens).toBe(1 + model.tokenize("</s>", false).length + 1);
    expect(dot(vectors[1], vectors[1])).toBeCloseTo(1, 10);
    expect(await create().embed([])).toEqual({ vectors: [], promptTokens: 0 });
  });

  test("says which text is too long, before it embeds any", async () => {
    const create = vi.spyOn(model, "createEmbeddingContext");
    const texts = ["short", "long ".repeat(200)];
    const embedder = createEmbedder(model, {
      id: "cria",
      contextSize: 64,
      batchSize: 32,
      threads: 1,
    });
    await expect(embedder.embed(texts)).rejects.toMatchObject({
      code: "CONTEXT_OVERFLOW",
      message: expect.stringMatching(/^texts\[1\] has 20\d tokens, and cria embeds at most 63\./),
    });
    expect(create).not.toHaveBeenCalled();
    create.mockRestore();
  });

  test.each<[unknown, unknown, RegExp]>([
    ["text", {}, /texts must be an array of strings; it is "text"/],
    [["a", 5], {}, /texts\[1\] must be a string; it is 5/],
    [["a"], { signal: 1 }, /signal must be an AbortSignal/],
    [["a"], { pooling: "mean" }, /no option "pooling"/],
  ])("refuses %o with %o", async (texts, options, message) => {
    const embedded = create().embed(texts as string[], options as object);
    await expect(embedded).rejects.toMatchObject({
      code: "BAD_PARAMETER",
      message: expect.stringMatching(message),
    });
  });
});

describe("ending it", () => {
  test("by a signal stops between texts", async () => {
    const reason = new Error("changed my mind");
    const abort = new AbortController();
    const embedder = create();
    await expect(embedder.embed(["a"], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const running = embedder.embed(Array(200).fill("My name is Zoe."), { signal: abort.signal });
    const other = embedder.embed(["My name is Tom."]);
    setTimeout(() => abort.abort(reason), 20);
    await expect(running).rejects.toBe(reason);
    expect((await other).vectors).toHaveLength(1);
  });

  test("by dispose waits for the text that runs, and refuses the others", async () => {
    const embedder = create();
    const running = embedder.embed(Array(50).fill("My name is Zoe."));
    const ended = expect(running).rejects.toMatchObject({ code: "DISPOSED" });
    await Promise.all([embedder.dispose(), embedder.dispose()]);
    await ended;
    await expect(embedder.embed(["a"])).rejects.toMatchObject({ code: "DISPOSED" });
  });
});

describe("a model that gives none", () => {
  test("because it ranks texts", async () => {
    const sizes = model.fileInfo.architectureMetadata as { pooling_type?: number };
    sizes.pooling_type = 4;
    try {
      await expect(create().embed(["a"])).rejects.toMatchObject({
        code: "EMBEDDINGS_UNSUPPORTED",
        message: "cria gives no embeddings: it ranks texts. Use another model for them.",
      });
    } finally {
      delete sizes.pooling_type;
    }
  });

  test("because there is no memory, or llama.cpp fails", async () => {
    const create = vi.spyOn(model, "createEmbeddingContext");
    create.mockRejectedValueOnce(new Error("no"));
    const embedder = createEmbedder(model, {
      id: "cria",
      contextSize: 64,
      batchSize: 32,
      threads: 1,
    });
    await expect(embedder.embed(["a"])).rejects.toMatchObject({
      code: "GENERATION_FAILED",
      message: "llama.cpp failed to embed with cria: no",
    });
    create.mockRestore();
    expect((await embedder.embed(["a"])).vectors).toHaveLength(1);
    await embedder.dispose();
  });
});

test("a model embeds while it answers", async () => {
  await using cria = await loadCria();
  const story = cria.chat([{ role: "user", content: "Tell me a story about a fox." }], {
    temperature: 0,
  });
  const alone = await cria.embed(["a fox"]);
  const { vectors, promptTokens } = await cria.embed(["a fox", "a dog"]);
  expect(vectors[0]).toEqual(alone.vectors[0]);
  expect(vectors).toHaveLength(2);
  expect(promptTokens).toBe(cria.tokenize("a fox").length + cria.tokenize("a dog").length + 2);
  expect(await story.text()).toMatch(/fox/);
  await cria.dispose();
  await expect(cria.embed(["late"])).rejects.toMatchObject({ code: "DISPOSED" });
});
