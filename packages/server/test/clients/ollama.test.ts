import { Ollama } from "ollama";
import { expect, test } from "vitest";
import { collect } from "../ask.ts";
import { useCria, useServer } from "../cria.ts";
import { saysAndWaits, scriptedModel } from "../scripted-model.ts";

const cria = useCria({ sequences: 2 });
const waiting = scriptedModel(saysAndWaits("Once", " upon"));
const server = useServer(() => ({ cria: cria(), waiting }));
const ollama = () => new Ollama({ host: server().url });
const messages = [{ role: "user", content: "My name is Zoe." }];
const options = { temperature: 0, num_predict: 30 };

test("a chat, with its counts", async () => {
  const answer = await ollama().chat({ model: "cria", messages, options });
  expect(answer.message).toMatchObject({ role: "assistant" });
  expect(answer.message.content).toContain("Zoe");
  expect(answer).toMatchObject({ model: "cria", done: true, done_reason: "stop" });
  expect(answer.eval_count).toBeGreaterThan(2);
  expect(answer.total_duration).toBeGreaterThan(answer.eval_duration);
});

test("a stream, with the same text as the whole", async () => {
  const whole = await ollama().chat({ model: "cria:latest", messages, options });
  const parts = await collect(
    await ollama().chat({ model: "cria", messages, options, stream: true }),
  );
  expect(parts.map(({ message }) => message.content).join("")).toBe(whole.message.content);
  expect(parts.filter(({ done }) => done)).toHaveLength(1);
  expect(parts.at(-1)).toMatchObject({ done: true, eval_count: whole.eval_count });
});

test("options, a limit and a schema", async () => {
  const short = await ollama().chat({ model: "cria", messages, options: { num_predict: 2 } });
  expect(short.done_reason).toBe("length");
  const format = {
    type: "object",
    properties: { name: { type: "string", maxLength: 8 } },
    required: ["name"],
  };
  const held = await ollama().chat({
    model: "cria",
    messages,
    options: { temperature: 0 },
    format,
  });
  expect(Object.keys(JSON.parse(held.message.content))).toEqual(["name"]);
  const json = await ollama().chat({
    model: "cria",
    messages,
    options: { temperature: 0 },
    format: "json",
  });
  expect(json.message.content).toMatch(/^\{/);
});

test("the list of models", async () => {
  const { models } = await ollama().list();
  expect(models.map(({ name }) => name)).toEqual(["cria", "waiting"]);
});

test("errors are a string", async () => {
  const wrong = ollama().chat({ model: "cria", messages, options: { temperature: -1 } });
  await expect(wrong).rejects.toMatchObject({
    status_code: 400,
    error: expect.stringContaining("temperature"),
  });
  await expect(ollama().chat({ model: "gpt-4", messages })).rejects.toMatchObject({
    status_code: 404,
  });
});

test("an abort ends the generation", async () => {
  const stream = await ollama().chat({ model: "waiting", messages, stream: true });
  const read = async () => {
    for await (const _ of stream) stream.abort();
  };
  await expect(read()).rejects.toMatchObject({ name: "AbortError" });
  await expect.poll(() => waiting.asked.at(-1)?.options.signal?.aborted).toBe(true);
});
