import { ChatOpenAI, OpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { expect, test } from "vitest";
import { useCria, useServer } from "../cria.ts";
import { saysAndWaits, scriptedModel } from "../scripted-model.ts";

/** Not known to its types where no message structure is named. */
type Usage = { output_tokens: number } | undefined;

const cria = useCria({ sequences: 2 });
const waiting = scriptedModel(saysAndWaits("Once"));
const server = useServer(() => ({ cria: cria(), waiting }));
const configuration = () => ({ baseURL: `${server().url}/v1` });
const chat = (model = "cria") =>
  new ChatOpenAI({
    model,
    temperature: 0,
    apiKey: "k",
    maxRetries: 0,
    configuration: configuration(),
  });

test("a chat, with its usage", async () => {
  const answer = await chat().invoke([
    ["system", "You are kind."],
    ["human", "My name is Zoe."],
  ]);
  expect(answer.text).toContain("Zoe");
  expect((answer.usage_metadata as Usage)?.output_tokens).toBeGreaterThan(2);
});

test("a stream, with its usage", async () => {
  let text = "";
  let tokens = 0;
  for await (const chunk of await chat().stream("My name is Zoe.")) {
    text += chunk.text;
    tokens += (chunk.usage_metadata as Usage)?.output_tokens ?? 0;
  }
  expect(text).toContain("Zoe");
  expect(tokens).toBeGreaterThan(2);
});

test("an answer held to a schema", async () => {
  const schema = {
    title: "person",
    type: "object",
    properties: { name: { type: "string", maxLength: 8 } },
    required: ["name"],
  };
  const held = chat().withStructuredOutput(schema, { method: "jsonSchema", strict: false });
  expect(Object.keys((await held.invoke("My name is Zoe.")) as object)).toEqual(["name"]);
});

test("a completion", async () => {
  const model = new OpenAI({
    model: "cria",
    temperature: 0,
    apiKey: "k",
    maxTokens: 20,
    configuration: configuration(),
  });
  expect(await model.invoke("[INST] My name is Zoe. [/INST]")).toContain("Zoe");
});

test("errors", async () => {
  await expect(chat("gpt-4").invoke("Hi")).rejects.toMatchObject({ status: 404 });
});

test("an abort ends the generation", async () => {
  const controller = new AbortController();
  const read = async () => {
    for await (const _ of await chat("waiting").stream("Hi", { signal: controller.signal })) {
      controller.abort();
    }
  };
  await expect(read()).rejects.toThrow();
  await expect.poll(() => waiting.asked.at(-1)?.options.signal?.aborted).toBe(true);
});

test("embeddings", async () => {
  const model = new OpenAIEmbeddings({
    model: "cria",
    apiKey: "k",
    configuration: configuration(),
  });
  const vectors = await model.embedDocuments(["A llama.", "A number."]);
  const own = await cria().embed(["A llama.", "A number."]);
  expect(vectors).toEqual(own.vectors.map((vector) => [...new Float32Array(vector)]));
});
