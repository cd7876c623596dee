import { criaModelPath } from "@llama2-kit/cria";
import { type LocalModel, loadModel } from "@llama2-kit/inference";
import {
  defaultSettingsMiddleware,
  embedMany,
  generateText,
  jsonSchema,
  Output,
  streamText,
  wrapLanguageModel,
} from "ai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { llama2, llama2Embedding } from "../src/index.ts";

let cria: LocalModel;
beforeAll(async () => {
  cria = await loadModel({ model: criaModelPath, gpu: false, threads: 1 });
});
afterAll(() => cria.dispose());

test("a conversation with a local model, from end to end", async () => {
  const first = await generateText({
    model: llama2(cria),
    temperature: 0,
    messages: [{ role: "user", content: "My name is Zoe." }],
  });
  expect(first.text).toContain("Zoe");
  const second = streamText({
    model: llama2(cria),
    temperature: 0,
    messages: [
      { role: "user", content: "My name is Zoe." },
      ...first.response.messages,
      { role: "user", content: "What is my name?" },
    ],
  });
  let text = "";
  for await (const piece of second.textStream) text += piece;
  expect(text).toBe("Your name is Zoe.");
  const usage = await second.usage;
  expect(usage.inputTokenDetails.cacheReadTokens).toBeGreaterThan(0);
});

test("the system prompt, the SDK's middleware, a token limit and a stop sequence", async () => {
  const model = wrapLanguageModel({
    model: llama2(cria),
    middleware: defaultSettingsMiddleware({ settings: { temperature: 0 } }),
  });
  const system = "You are Finn, a pirate.";
  const { text } = await generateText({ model, system, prompt: "Who are you?" });
  expect(text).toBe("I am Finn the pirate. Arr!");
  const short = await generateText({ model, system, prompt: "Who are you?", maxOutputTokens: 3 });
  expect(short.finishReason).toBe("length");
  const stopped = await generateText({
    model,
    system,
    prompt: "Who are you?",
    stopSequences: ["pirate"],
  });
  expect(stopped.text).toBe("I am Finn the ");
  expect(stopped.providerMetadata).toMatchObject({ llama2: { stopString: "pirate" } });
});

test("a bad option rejects with the model's own error, untried again", async () => {
  const answer = generateText({ model: llama2(cria), prompt: "Hi", temperature: -1 });
  await expect(answer).rejects.toMatchObject({ code: "BAD_PARAMETER", parameter: "temperature" });
});

test("the local model keeps to a JSON schema", async () => {
  const schema = jsonSchema<{ city: string }>({
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: { city: { type: "string", enum: ["Paris", "Rome"] } },
    required: ["city"],
    additionalProperties: false,
  });
  const { output } = await generateText({
    model: llama2(cria),
    prompt: "What is the capital of France?",
    temperature: 0,
    output: Output.object({ schema }),
  });
  expect(["Paris", "Rome"]).toContain(output.city);
});

test("the local model embeds", async () => {
  const values = ["a llama", "an alpaca"];
  const { embeddings, usage } = await embedMany({ model: llama2Embedding(cria), values });
  expect(embeddings).toHaveLength(2);
  expect(embeddings[0]?.length).toBeGreaterThan(0);
  expect(usage.tokens).toBeGreaterThan(2);
});
