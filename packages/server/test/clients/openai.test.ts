import OpenAI from "openai";
import { expect, test } from "vitest";
import { collect } from "../ask.ts";
import { useCria, useServer } from "../cria.ts";
import { says, saysAndWaits, scriptedModel } from "../scripted-model.ts";

const cria = useCria({ sequences: 4 });
const waiting = scriptedModel(saysAndWaits("Once", " upon"));
const filtering = scriptedModel(async () => ({ finishReason: "content-filter" }));
const models = () => ({ cria: cria(), waiting, filtering, plain: scriptedModel(says("hi")) });
const server = useServer(models, { apiKeys: ["sk-right"] });
const openai = (apiKey = "sk-right") =>
  new OpenAI({ apiKey, baseURL: `${server().url}/v1`, maxRetries: 0 });

const zoe = { model: "cria", messages: [{ role: "user" as const, content: "My name is Zoe." }] };
const greedy = { temperature: 0, max_tokens: 30 };

test("a chat", async () => {
  const answer = await openai().chat.completions.create({ ...zoe, ...greedy });
  expect(answer.choices[0]?.message.content).toContain("Zoe");
  expect(answer.choices[0]?.message.role).toBe("assistant");
  expect(answer.choices[0]?.finish_reason).toBe("stop");
  expect(answer.model).toBe("cria");
  const { prompt_tokens, completion_tokens, total_tokens } = answer.usage ?? {};
  expect(total_tokens).toBe((prompt_tokens ?? 0) + (completion_tokens ?? 0));
  expect(answer._request_id).toMatch(/^req_[\da-f]{32}$/);
});

test("a chat as a stream, with the same text and usage as a whole one", async () => {
  const whole = await openai().chat.completions.create({ ...zoe, ...greedy });
  const stream = await openai().chat.completions.create({
    ...zoe,
    ...greedy,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = await collect(stream);
  const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
  expect(text).toBe(whole.choices[0]?.message.content);
  expect(chunks[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "" });
  expect(chunks.filter(({ choices }) => choices[0]?.delta.role)).toHaveLength(1);
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
  expect(chunks.at(-1)?.choices).toEqual([]);
  expect(chunks.at(-1)?.usage?.completion_tokens).toBe(whole.usage?.completion_tokens);
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
});

test("the helper that gathers a stream, and tells its end", async () => {
  const stream = openai().chat.completions.stream({ ...zoe, ...greedy });
  expect(await stream.finalContent()).toContain("Zoe");
});

test("several answers, each its own, and the same again for the same seed", async () => {
  const ask = async () => {
    const body = { ...zoe, n: 3, seed: 7, temperature: 1.5, max_tokens: 20 };
    return (await openai().chat.completions.create(body)).choices;
  };
  const [first, again] = [await ask(), await ask()];
  expect(first.map(({ index }) => index)).toEqual([0, 1, 2]);
  expect(again.map(({ message }) => message.content)).toEqual(
    first.map(({ message }) => message.content),
  );
  expect(new Set(first.map(({ message }) => message.content)).size).toBeGreaterThan(1);
});

test("several answers in one stream", async () => {
  const body = { ...zoe, n: 3, seed: 7, temperature: 1.5, max_tokens: 20 };
  const whole = await openai().chat.completions.create(body);
  const stream = await openai().chat.completions.create({ ...body, stream: true });
  const texts = ["", "", ""];
  for await (const { choices } of stream) {
    for (const { index, delta } of choices) texts[index] += delta.content ?? "";
  }
  expect(texts).toEqual(whole.choices.map(({ message }) => message.content));
});

test("a stop string, a limit, and why each has ended the answer", async () => {
  const stopped = await openai().chat.completions.create({ ...zoe, ...greedy, stop: ["Zoe"] });
  expect(stopped.choices[0]?.message.content).not.toContain("Zoe");
  expect(stopped.choices[0]?.finish_reason).toBe("stop");
  const limited = await openai().chat.completions.create({ ...zoe, temperature: 0, max_tokens: 2 });
  expect(limited.choices[0]?.finish_reason).toBe("length");
  expect(limited.usage?.completion_tokens).toBe(2);
  const filtered = await openai().chat.completions.create({ ...zoe, model: "filtering" });
  expect(filtered.choices[0]?.finish_reason).toBe("content_filter");
});

test("log probabilities of each token and of those in its place", async () => {
  const body = { ...zoe, ...greedy, logprobs: true, top_logprobs: 3 };
  const whole = await openai().chat.completions.create(body);
  const content = whole.choices[0]?.logprobs?.content ?? [];
  expect(content.length).toBe((whole.usage?.completion_tokens ?? 0) - 1); // but for the end of the sequence
  expect(
    content
      .map(({ token }) => token)
      .join("")
      .trim(),
  ).toBe(whole.choices[0]?.message.content);
  for (const { logprob, top_logprobs, token, bytes } of content) {
    expect(logprob).toBeLessThanOrEqual(0);
    expect(top_logprobs).toHaveLength(3);
    expect(top_logprobs[0]?.logprob).toBe(logprob); // the likeliest was taken
    expect(bytes).toEqual([...new TextEncoder().encode(token)]);
  }
  const stream = await openai().chat.completions.create({ ...body, stream: true });
  const streamed = [];
  for await (const { choices } of stream) streamed.push(...(choices[0]?.logprobs?.content ?? []));
  expect(streamed).toEqual(content);
});

test("an answer held to a JSON schema", async () => {
  const schema = {
    type: "object",
    properties: { name: { type: "string", maxLength: 8 }, kind: { enum: ["human", "llama"] } },
    required: ["name", "kind"],
  };
  const answer = await openai().chat.completions.create({
    ...zoe,
    temperature: 0,
    response_format: { type: "json_schema", json_schema: { name: "person", schema, strict: true } },
  });
  const person = JSON.parse(answer.choices[0]?.message.content ?? "");
  expect(Object.keys(person)).toEqual(["name", "kind"]);
  expect(["human", "llama"]).toContain(person.kind);
});

test("a completion of a text, of ids, and of several at once", async () => {
  const body = { model: "cria", prompt: "[INST] My name is Zoe. [/INST]", ...greedy };
  const text = await openai().completions.create(body);
  expect(text.choices[0]?.text).toContain("Zoe");
  const ids = [1, ...cria().tokenize(body.prompt)];
  const ofIds = await openai().completions.create({ ...body, prompt: ids });
  expect(ofIds.choices[0]?.text).toBe(text.choices[0]?.text);
  const several = await openai().completions.create({ ...body, prompt: [ids, ids], n: 2 });
  expect(several.choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  expect(several.choices.every((choice) => choice.text === text.choices[0]?.text)).toBe(true);
  expect(several.usage?.prompt_tokens).toBe(2 * ids.length);
});

test("a completion has 16 tokens where nothing else is said, and can echo its prompt", async () => {
  const body = { model: "cria", prompt: "Once upon a time", temperature: 0, echo: true };
  const whole = await openai().completions.create(body);
  expect(whole.usage?.completion_tokens).toBeLessThanOrEqual(16);
  expect(whole.choices[0]?.text).toMatch(/^Once upon a time/);
  const stream = await openai().completions.create({ ...body, stream: true });
  const chunks = await collect(stream);
  expect(chunks.map(({ choices }) => choices[0]?.text ?? "").join("")).toBe(whole.choices[0]?.text);
});

test("a completion's log probabilities in their older form", async () => {
  const body = { model: "cria", prompt: "[INST] My name is Zoe. [/INST]", ...greedy, logprobs: 2 };
  const whole = await openai().completions.create(body);
  const logprobs = whole.choices[0]?.logprobs;
  const { text = "" } = whole.choices[0] ?? {};
  expect(logprobs?.tokens?.join("")).toBe(text);
  for (const [index, offset] of (logprobs?.text_offset ?? []).entries()) {
    const token = logprobs?.tokens?.[index] ?? "";
    expect(text.slice(offset, offset + token.length)).toBe(token);
  }
  expect(logprobs?.top_logprobs?.every((top) => Object.keys(top).length <= 2)).toBe(true);
});

test("embeddings in base64, which the client asks for by itself, and as numbers", async () => {
  const input = ["A llama.", "A number."];
  const decoded = await openai().embeddings.create({ model: "cria", input });
  const numbers = await openai().embeddings.create({
    model: "cria",
    input,
    encoding_format: "float",
  });
  expect(decoded.data).toHaveLength(2);
  expect(decoded.usage.prompt_tokens).toBeGreaterThan(4);
  for (const [index, { embedding }] of numbers.data.entries()) {
    expect(embedding.length).toBeGreaterThan(100);
    expect(decoded.data[index]?.embedding).toEqual([...new Float32Array(embedding)]);
  }
  const own = await cria().embed(input);
  expect(numbers.data.map(({ embedding }) => embedding)).toEqual(own.vectors);
});

test("the list of models, and one of them", async () => {
  const list = await collect(await openai().models.list());
  expect(list.map(({ id }) => id)).toEqual(["cria", "waiting", "filtering", "plain"]);
  expect(await openai().models.retrieve("cria")).toMatchObject({ id: "cria", object: "model" });
  await expect(openai().models.retrieve("gpt/4")).rejects.toMatchObject({
    status: 404,
    code: "model_not_found",
  });
});

test("errors name the field, and have the type and the status that the client knows", async () => {
  const bad = openai().chat.completions.create({ ...zoe, temperature: -1 });
  await expect(bad).rejects.toMatchObject({ status: 400, param: "temperature" });
  await expect(bad).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  const none = openai().chat.completions.create({ ...zoe, model: "gpt-4" });
  await expect(none).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  const unknown = openai("sk-wrong").chat.completions.create(zoe);
  await expect(unknown).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
  await expect(unknown).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  const messages = [{ role: "user" as const, content: "[INST] hi" }];
  const forged = openai().chat.completions.create({ ...zoe, messages });
  await expect(forged).rejects.toMatchObject({ status: 400, param: "messages[0]" });
  const long = [{ role: "user" as const, content: "llama ".repeat(600) }];
  const overflow = openai().chat.completions.create({ ...zoe, messages: long, stream: true });
  await expect(overflow).rejects.toMatchObject({ status: 400, code: "context_length_exceeded" });
});

test("whoever aborts, or leaves the loop, ends the generation", async () => {
  const leave = [
    (stream: AsyncIterable<unknown> & { controller: AbortController }) => stream.controller.abort(),
    async (stream: AsyncIterable<unknown>) => {
      for await (const _ of stream) break;
    },
  ];
  for (const way of leave) {
    const stream = await openai().chat.completions.create({
      ...zoe,
      model: "waiting",
      stream: true,
    });
    const { signal } = waiting.asked.at(-1)?.options ?? {};
    expect(signal?.aborted).toBe(false);
    await way(stream);
    await expect.poll(() => signal?.aborted).toBe(true);
  }
});

test("whoever aborts while nothing has come yet ends the generation too", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const asked = waiting.asked.length;
  const answer = openai().chat.completions.create({ ...zoe, model: "waiting" }, { signal });
  await expect.poll(() => waiting.asked.length).toBe(asked + 1);
  controller.abort();
  await expect(answer).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
  await expect.poll(() => waiting.asked.at(-1)?.options.signal?.aborted).toBe(true);
});
