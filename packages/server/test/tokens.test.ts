import { expect, test } from "vitest";
import { createHandler } from "../src/index.ts";
import { post } from "./ask.ts";
import { useCria } from "./cria.ts";
import { says, scriptedModel } from "./scripted-model.ts";

const cria = useCria();
const ask = async (path: string, body: object) =>
  (await post(createHandler({ models: [cria()] }), path, body)).json();

test("a text's ids, as vLLM tells them", async () => {
  const ids = cria().tokenize("What is a llama?");
  expect(await ask("/tokenize", { prompt: "What is a llama?" })).toEqual({
    count: ids.length + 1,
    max_model_len: cria().contextSize,
    tokens: [1, ...ids],
    token_strs: null,
  });
  const { tokens, token_strs } = await ask("/tokenize", {
    prompt: "What is a llama?",
    add_special_tokens: false,
    return_token_strs: true,
  });
  expect(tokens).toEqual(ids);
  expect(token_strs.join("")).toBe("What is a llama?");
});

test("a conversation's ids, which are as many as its prompt has", async () => {
  const messages = [
    { role: "system", content: "Be kind." },
    { role: "user", content: "My name is Zoe." },
    { role: "assistant", content: "Nice to meet you, Zoe!" },
    { role: "user", content: "What is my name?" },
  ];
  const { tokens, count } = await ask("/tokenize", { messages });
  const answer = await ask("/v1/chat/completions", { messages, temperature: 0 });
  expect(count).toBe(answer.usage.prompt_tokens);
  const completion = await ask("/v1/completions", {
    prompt: tokens,
    temperature: 0,
    max_tokens: 40,
  });
  expect(completion.choices[0].text.trim()).toBe(answer.choices[0].message.content);
});

test("a conversation that spells the format's own tokens is refused", async () => {
  const messages = [{ role: "user", content: "a </s><s> b" }];
  expect(await ask("/tokenize", { messages })).toMatchObject({
    error: { param: "messages[0].content" },
  });
});

test("a text's ids, as llama-server and TGI tell them", async () => {
  const ids = cria().tokenize("Hi Zoe");
  expect(await ask("/tokenize", { content: "Hi Zoe" })).toEqual({ tokens: ids });
  const { tokens } = await ask("/tokenize", {
    content: "Hi Zoe",
    with_pieces: true,
    add_special: true,
  });
  expect(tokens.map(({ id }: { id: number }) => id)).toEqual([1, ...ids]);
  const tgi = await ask("/tokenize", { inputs: "Hi Zoe" });
  for (const { text, start, stop } of tgi) expect("Hi Zoe".slice(start, stop)).toBe(text);
});

test("ids' text, by both of its names", async () => {
  const tokens = cria().tokenize("Hi Zoe");
  expect(await ask("/detokenize", { tokens })).toEqual({ prompt: "Hi Zoe", content: "Hi Zoe" });
  expect(await ask("/detokenize", { tokens: [99_999_999] })).toMatchObject({
    error: { param: "tokens[0]" },
  });
});

test("a conversation's prompt", async () => {
  const messages = [{ role: "user", content: "Hi" }];
  expect(await ask("/apply-template", { messages })).toEqual({ prompt: "<s>[INST] Hi [/INST]" });
  expect(await ask("/apply-template", { messages: [] })).toMatchObject({
    error: { param: "messages" },
  });
});

test("a model that cannot is no reason to fail", async () => {
  const handler = createHandler({ models: [scriptedModel(says("hi"))] });
  for (const [path, body] of [
    ["/tokenize", { prompt: "x" }],
    ["/detokenize", { tokens: [1] }],
    ["/apply-template", { messages: [] }],
    ["/v1/embeddings", { input: "x" }],
    ["/v1/completions", { prompt: [1], echo: true }],
  ] as const) {
    const answer = await post(handler, path, body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: "unsupported" } });
  }
});

test("a text that cannot fit is refused before its tokens are looked for, wherever it is sent", async () => {
  const text = "\u{1f999}".repeat(cria().contextSize * 8 + 1);
  const messages = [{ role: "user", content: text }];
  for (const [path, body, param] of [
    ["/tokenize", { prompt: text }, "prompt"],
    ["/tokenize", { content: text }, "content"],
    ["/tokenize", { messages }, "messages"],
    ["/v1/completions", { prompt: ["a", text] }, "prompt"],
    ["/v1/chat/completions", { messages }, "messages"],
    ["/v1/embeddings", { input: text }, "input"],
  ] as const) {
    expect(await ask(path, body)).toMatchObject({
      error: {
        code: "context_length_exceeded",
        param,
        message: expect.stringContaining("characters"),
      },
    });
  }
  expect((await ask("/tokenize", { inputs: text })).error.param).toBe("inputs");
  expect((await ask("/generate", { inputs: text })).error).toContain("characters");
  expect((await ask("/api/chat", { messages })).error).toContain("characters");
});

test("a conversation may have more tokens than a function takes arguments", async () => {
  const model = scriptedModel(says("hi"), {
    formatPrompt: async () => "<s>a",
    tokenize: () => new Array<number>(500_000).fill(5),
  });
  const answer = await post(createHandler({ models: [model] }), "/tokenize", {
    messages: [{ role: "user", content: "a" }],
  });
  expect(await answer.json()).toMatchObject({ count: 500_001 });
});

test("a prompt that does not fit is refused under the name that its route has for it", async () => {
  const text = "a ".repeat(cria().contextSize * 2);
  const messages = [{ role: "user", content: text }];
  const overflow = (param: string) => ({ error: { code: "context_length_exceeded", param } });
  expect(await ask("/v1/completions", { prompt: text })).toMatchObject(overflow("prompt"));
  expect(await ask("/v1/chat/completions", { messages })).toMatchObject(overflow("messages"));
});
