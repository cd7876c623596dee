import { HumanMessage, type UsageMetadata } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { criaModelPath } from "@llama2-kit/cria";
import { type LocalModel, loadModel } from "@llama2-kit/inference";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { ChatLlama2, Llama2Embeddings } from "../src/index.ts";

let cria: LocalModel;
let chat: ChatLlama2;
beforeAll(async () => {
  cria = await loadModel({ model: criaModelPath, gpu: false, threads: 1 });
  chat = new ChatLlama2({ model: cria, temperature: 0 });
});
afterAll(() => cria.dispose());

test("a conversation with a local model, from end to end", async () => {
  const messages = [new HumanMessage("My name is Zoe.")];
  const answer = await chat.invoke(messages);
  expect(answer.text).toContain("Zoe");
  let text = "";
  let usage: UsageMetadata | undefined;
  const turn = [...messages, answer, new HumanMessage("What is my name?")];
  for await (const chunk of await chat.stream(turn)) {
    text += chunk.text;
    usage = chunk.usage_metadata;
  }
  expect(text).toBe("Your name is Zoe.");
  expect(usage?.input_token_details?.cache_read).toBeGreaterThan(0);
});

test("a chain, a batch, a token limit and a stop string", async () => {
  const chain = ChatPromptTemplate.fromMessages([
    ["system", "You are {name}, a pirate."],
    ["human", "Who are you?"],
  ])
    .pipe(chat)
    .pipe(new StringOutputParser());
  const names = [{ name: "Finn" }, { name: "Finn" }];
  const expected = "I am Finn the pirate. Arr!";
  expect(await chain.batch(names)).toEqual([expected, expected]);
  const short = await chat.invoke("Who are you?", { maxTokens: 2 });
  expect(short.response_metadata).toMatchObject({ finish_reason: "length" });
  const before = await chat.invoke(
    [
      ["system", "You are Finn, a pirate."],
      ["human", "Who are you?"],
    ],
    { stop: ["pirate"] },
  );
  expect(before.text).toBe("I am Finn the ");
  expect(before.response_metadata).toMatchObject({ llama2: { stopString: "pirate" } });
});

test("tokens are counted by the model, and a bad option is its own error", async () => {
  expect(await chat.getNumTokens("What is a llama?")).toBe(6);
  await expect(chat.invoke("Hi", { temperature: -1 })).rejects.toMatchObject({
    code: "BAD_PARAMETER",
  });
});

test("the local model keeps to a schema, and embeds", async () => {
  const schema = z.object({ city: z.enum(["Paris", "Rome"]) });
  const { city } = await chat.withStructuredOutput(schema).invoke("What is the capital of France?");
  expect(["Paris", "Rome"]).toContain(city);
  const vectors = await new Llama2Embeddings({ model: cria }).embedDocuments(["llama", "alpaca"]);
  expect(vectors).toHaveLength(2);
  expect(vectors[0]?.length).toBeGreaterThan(0);
});
