import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, embedMany, generateText, streamText } from "ai";
import { expect, test } from "vitest";
import { collect } from "../ask.ts";
import { useCria, useServer } from "../cria.ts";
import { saysAndWaits, scriptedModel } from "../scripted-model.ts";

const cria = useCria({ sequences: 2 });
const waiting = scriptedModel(saysAndWaits("Once"));
const failing = scriptedModel(async ({ text }) => {
  text("Once");
  await new Promise((resolve) => setTimeout(resolve, 400)); // after the headers
  throw new Error("secret");
});
const server = useServer(() => ({ cria: cria(), waiting, failing }));
const provider = () =>
  createOpenAICompatible({ name: "ours", baseURL: `${server().url}/v1`, includeUsage: true });
const prompt = "My name is Zoe.";

test("a text, with its usage", async () => {
  const { text, usage, finishReason } = await generateText({
    model: provider()("cria"),
    prompt,
    temperature: 0,
  });
  expect(text).toContain("Zoe");
  expect(finishReason).toBe("stop");
  expect(usage.inputTokens).toBeGreaterThan(5);
  expect(usage.outputTokens).toBeGreaterThan(2);
});

test("a stream, with its usage", async () => {
  const result = streamText({ model: provider()("cria"), prompt, temperature: 0 });
  const pieces = await collect(result.textStream);
  expect(pieces.length).toBeGreaterThan(2);
  expect(pieces.join("")).toContain("Zoe");
  expect((await result.usage).totalTokens).toBeGreaterThan(8);
  expect(await result.finishReason).toBe("stop");
});

test("errors, before a stream and in it", async () => {
  const wrong = generateText({ model: provider()("gpt-4"), prompt, maxRetries: 0 });
  await expect(wrong).rejects.toSatisfy((error) => APICallError.isInstance(error));
  await expect(wrong).rejects.toMatchObject({ statusCode: 404, isRetryable: false });
  const errors: unknown[] = [];
  const onError = ({ error }: { error: unknown }) => void errors.push(error);
  const result = streamText({ model: provider()("failing"), prompt, onError, maxRetries: 0 });
  const text = (await collect(result.textStream)).join("");
  expect(text).toBe("Once");
  expect(JSON.stringify(errors)).toContain("internal_error");
  expect(JSON.stringify(errors)).not.toContain("secret");
});

test("an abort ends the generation", async () => {
  const controller = new AbortController();
  const { signal: abortSignal } = controller;
  const result = streamText({ model: provider()("waiting"), prompt, abortSignal });
  const types: string[] = [];
  for await (const { type } of result.fullStream) {
    types.push(type);
    if (type === "text-delta") controller.abort();
  }
  expect(types).toContain("abort");
  await expect.poll(() => waiting.asked.at(-1)?.options.signal?.aborted).toBe(true);
});

test("embeddings", async () => {
  const model = provider().embeddingModel("cria");
  const values = ["A llama.", "A number."];
  const { embeddings, usage } = await embedMany({ model, values });
  expect(embeddings).toEqual((await cria().embed(values)).vectors);
  expect(usage.tokens).toBeGreaterThan(4);
});
