import { type ClientOptions, createClient } from "@llama2-kit/client";
import { expect, test } from "vitest";
import { createHandler } from "../src/index.ts";
import { CHAT, eventsOf, post } from "./ask.ts";
import { useCria, useServer } from "./cria.ts";
import { saysAndWaits, scriptedModel } from "./scripted-model.ts";

const cria = useCria({ sequences: 2 });
const waiting = scriptedModel(saysAndWaits("Once"));
const behind = useServer(() => ({ cria: cria(), waiting }), { apiKeys: ["sk-hidden"] });

/** A server without a model of its own, which holds the key of the one behind it. */
const proxy = (options: Partial<ClientOptions> = {}) => {
  const common = {
    baseUrl: `${behind().url}/v1`,
    apiKey: "sk-hidden",
    retries: 0,
    dialect: "vllm",
  };
  const models = ["cria", "waiting"].map((model) =>
    createClient({ ...common, model, ...options } as ClientOptions),
  );
  return createHandler({ models });
};

test("a server serves another one's model, whole and as a stream", async () => {
  const body = { ...CHAT, temperature: 0 };
  const direct = await cria().chat([{ role: "user", content: "My name is Zoe." }], {
    temperature: 0,
  }).result;
  const whole = await (await post(proxy(), "/v1/chat/completions", body)).json();
  expect(whole.choices[0].message.content).toBe(direct.text);
  expect(whole.usage.completion_tokens).toBe(direct.usage.completionTokens);
  const events = await eventsOf(
    await post(proxy(), "/v1/chat/completions", { ...body, stream: true }),
  );
  const chunks = events.slice(0, -1) as { choices: { delta: { content?: string } }[] }[];
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(direct.text);
});

test("what goes wrong behind is told without the key, the address or the reason", async () => {
  const wrongKey = await post(proxy({ apiKey: "sk-wrong" }), "/v1/chat/completions", CHAT);
  expect(wrongKey.status).toBe(502);
  expect(await wrongKey.text()).not.toMatch(/sk-|127\.0\.0\.1|API key/);
  const gone = await post(
    proxy({ baseUrl: "http://127.0.0.1:9/v1" }),
    "/v1/chat/completions",
    CHAT,
  );
  expect(gone.status).toBe(502);
  expect(await gone.text()).not.toMatch(/127\.0\.0\.1|ECONNREFUSED/);
});

test("what the caller did wrong is told as behind", async () => {
  const answer = await post(proxy(), "/v1/chat/completions", {
    ...CHAT,
    messages: [{ role: "assistant", content: "x" }],
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { type: "invalid_request_error" } });
});

test("a caller that leaves ends the generation behind", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const answer = post(proxy(), "/v1/chat/completions", { ...CHAT, model: "waiting" }, { signal });
  await expect.poll(() => waiting.asked.length).toBe(1);
  controller.abort();
  expect((await answer).status).toBe(503); // which nobody reads
  await expect.poll(() => waiting.asked[0]?.options.signal?.aborted).toBe(true);
});

test("a queue that is full behind is a 429 here, with its time to wait", async () => {
  const full = createHandler({ models: [waiting], limits: { maxRequests: 1 } });
  const taken = await post(full, "/v1/chat/completions", {
    ...CHAT,
    model: "scripted",
    stream: true,
  });
  const fetchFull: typeof fetch = (input, init) => full(new Request(input, init));
  const model = createClient({
    baseUrl: "http://behind/v1",
    model: "scripted",
    retries: 0,
    fetch: fetchFull,
  });
  const answer = await post(
    createHandler({ models: { cria: model } }),
    "/v1/chat/completions",
    CHAT,
  );
  expect(answer.status).toBe(429);
  expect(answer.headers.get("retry-after")).toBe("1");
  await taken.body?.cancel();
});
