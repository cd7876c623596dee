import { criaModelPath } from "@llama2-kit/cria";
import type { ChatMessage } from "@llama2-kit/protocol";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Adapters } from "../src/adapters.ts";
import { LocalModel } from "../src/local-model.ts";
import { replaceNative } from "./addon-proxy.ts";

const ask: ChatMessage[] = [{ role: "user", content: "Tell me a story." }];
const greedy = { temperature: 0 };
/** How many batches llama.cpp evaluates before one that it fails at. */
let batchesLeft = Number.POSITIVE_INFINITY;
let model: LocalModel;

beforeAll(async () => {
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled });
  const weights = await llama.loadModel({ modelPath: criaModelPath });
  const context = await weights.createContext({ contextSize: 512, sequences: 2, threads: 1 });
  replaceNative(context, (native) => ({
    decodeBatch: () =>
      batchesLeft-- === 0 ? Promise.reject(new Error("llama_decode failed")) : native.decodeBatch(),
  }));
  model = new LocalModel({
    id: "cria",
    path: criaModelPath,
    model: weights,
    context,
    contextSize: 512,
    chatFormat: "auto",
    sequences: 2,
    maxQueue: 10,
    adapters: Adapters.none,
    warnings: [],
  });
});
afterAll(() => model.dispose());

async function failAfter(batches: number, options = {}): Promise<{ partialText: string }> {
  batchesLeft = batches;
  return model.chat(ask, { ...greedy, ...options }).result.catch((reason) => reason);
}

test("text that was held back when it failed is part of the text so far", async () => {
  const { partialText: whole } = await failAfter(6);
  const { partialText: held } = await failAfter(6, { stop: `${whole}x` });
  expect(whole).not.toBe("");
  expect(held).toBe(whole);
});

test("a failure within llama.cpp is typed, carries the text so far, and leaves nothing behind", async () => {
  const story = await model.chat(ask, greedy).text();
  const error = await failAfter(6);
  expect(error).toMatchObject({
    code: "GENERATION_FAILED",
    message: "llama.cpp failed to generate: llama_decode failed",
    cause: { message: "llama_decode failed" },
  });
  expect(error.partialText).not.toBe("");
  expect(story.startsWith(error.partialText)).toBe(true);
  expect(await model.chat(ask, greedy).text()).toBe(story);
});

test("a failed batch fails the generations that were in it, and no others", async () => {
  const story = await model.chat(ask, greedy).text();
  batchesLeft = 6;
  const streams = [1, 2, 3].map(() => model.chat(ask, greedy));
  const outcomes = await Promise.allSettled(streams.map((stream) => stream.text()));
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
  expect(outcomes[2]).toMatchObject({ value: story });
  expect(model.load).toEqual({ sequences: 2, running: 0, waiting: 0 });
});
