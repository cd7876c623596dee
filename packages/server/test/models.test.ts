import { describe, expect, test } from "vitest";
import { createHandler } from "../src/index.ts";
import { CHAT, post } from "./ask.ts";
import { says, saysAndWaits, scriptedModel } from "./scripted-model.ts";

const ids = async (handler: ReturnType<typeof createHandler>) => {
  const answer = await handler(new Request("http://localhost/v1/models"));
  return (await answer.json()).data.map(({ id }: { id: string }) => id);
};

describe("LoRA adapters", () => {
  const one = scriptedModel(says("hi"), { id: "one", adapters: ["poems", "sql"] });
  const two = scriptedModel(says("hi"), { id: "two", adapters: ["sql", "one"] });
  const handler = createHandler({ models: [one, two] });
  const adapterFor = async (model: string, asked = one) => {
    const answer = await post(handler, "/v1/chat/completions", { ...CHAT, model });
    expect(answer.status).toBe(200);
    expect((await answer.json()).model).toBe(model);
    return asked.asked.at(-1)?.options.adapter;
  };

  test("are models, by their own names where these are free", async () => {
    expect(await ids(handler)).toEqual(["one", "two", "poems", "sql", "two:sql", "two:one"]);
    const poems = await handler(new Request("http://localhost/v1/models/poems"));
    expect(await poems.json()).toMatchObject({ id: "poems", parent: "one" });
  });

  test("answer where they are asked for", async () => {
    expect(await adapterFor("one")).toBeUndefined();
    expect(await adapterFor("poems")).toBe("poems");
    expect(await adapterFor("sql")).toBe("sql");
    expect(await adapterFor("two:sql", two)).toBe("sql");
    expect(await adapterFor("two:one", two)).toBe("one");
  });

  test("can be asked for by their model's name and theirs", async () => {
    const answer = await post(handler, "/v1/chat/completions", { ...CHAT, model: "one:sql" });
    expect(answer.status).toBe(200);
    expect(one.asked.at(-1)?.options.adapter).toBe("sql");
  });

  test("answer completions, Ollama's chats and TGI's", async () => {
    await post(handler, "/v1/completions", { model: "sql", prompt: "x" });
    expect(one.asked.at(-1)?.options.adapter).toBe("sql");
    await post(handler, "/api/chat", { ...CHAT, model: "poems:latest", stream: false });
    expect(one.asked.at(-1)?.options.adapter).toBe("poems");
    await post(handler, "/generate", { inputs: "x", parameters: { adapter_id: "sql" } });
    expect(one.asked.at(-1)?.options.adapter).toBe("sql");
  });

  test("several can answer together, by id or name, each at its scale", async () => {
    const lora = [{ id: 1, scale: 0.5 }, { name: "poems" }];
    const answer = await post(handler, "/v1/chat/completions", { ...CHAT, model: "one", lora });
    expect(answer.status).toBe(200);
    expect(one.asked.at(-1)?.options.adapter).toEqual([
      { name: "sql", scale: 0.5 },
      { name: "poems" },
    ]);
    await post(handler, "/v1/completions", { prompt: "x", lora: [{ id: 0, scale: 0 }] });
    expect(one.asked.at(-1)?.options.adapter).toEqual([{ name: "poems", scale: 0 }]);
    await post(handler, "/v1/completions", { prompt: "x", lora: [] });
    expect(one.asked.at(-1)?.options.adapter).toBeUndefined();
  });

  test.each([
    ["one", [{ id: 2, scale: 1 }], "lora[0]"],
    ["one", [{ name: "sql" }, { name: "none" }], "lora[1]"],
    ["one", [{}], "lora[0]"],
    ["one", ["sql"], "lora[0]"],
    ["one", [{ id: 0, scale: "1" }], "lora[0].scale"],
    ["one", [{ id: -1 }], "lora[0].id"],
    ["one", "sql", "lora"],
    ["sql", [{ id: 0 }], "lora"],
  ])("of %s with lora %j are refused at %s", async (model, lora, param) => {
    const answer = await post(handler, "/v1/chat/completions", { ...CHAT, model, lora });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { param } });
  });

  test("make no embeddings", async () => {
    const answer = await post(handler, "/v1/embeddings", { model: "sql", input: "x" });
    expect(await answer.json()).toMatchObject({ error: { param: "model", code: "unsupported" } });
  });
});

describe("models that are being loaded", () => {
  test("are answered with 503 until they are there", async () => {
    let loaded = (_: ReturnType<typeof scriptedModel>) => {};
    const pending = new Promise<ReturnType<typeof scriptedModel>>((resolve) => {
      loaded = resolve;
    });
    const handler = createHandler({ models: { cria: pending } });
    const ready = async () => (await handler(new Request("http://localhost/ready"))).status;
    const early = await post(handler, "/v1/chat/completions", CHAT);
    expect(early.status).toBe(503);
    expect(early.headers.get("retry-after")).toBe("5");
    expect(await early.json()).toMatchObject({ error: { code: "model_loading" } });
    expect(await ready()).toBe(503);
    loaded(scriptedModel(says("hi")));
    await pending;
    expect(await ready()).toBe(200);
    expect((await post(handler, "/v1/chat/completions", CHAT)).status).toBe(200);
  });

  test("and could not be, are 503 without the reason, which the log has", async () => {
    const log: unknown[] = [];
    const models = { cria: Promise.reject(new Error("/secret/path")) };
    const handler = createHandler({ models, log: (entry) => log.push(entry) });
    await Promise.resolve();
    const answer = await post(handler, "/v1/chat/completions", CHAT);
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain("secret");
    expect(JSON.stringify(log)).toContain("/secret/path");
  });
});

test("a model may have several names, and the first model answers where none is given", async () => {
  const model = scriptedModel(says("hi"));
  const handler = createHandler({ models: { "llama-2": model, "gpt-3.5-turbo": model } });
  for (const name of [undefined, null, "", "http://127.0.0.1:8080/v1"]) {
    const answer = await post(handler, "/v1/chat/completions", { ...CHAT, model: name });
    expect((await answer.json()).model).toBe("llama-2");
  }
  const other = await post(handler, "/v1/chat/completions", { ...CHAT, model: "gpt-3.5-turbo" });
  expect((await other.json()).model).toBe("gpt-3.5-turbo");
});

test.each([
  [[]],
  [{}],
  [null],
  [[1]],
  [{ a: 1 }],
  [[scriptedModel(says()), scriptedModel(says())]],
  [undefined],
])("%j are no models", (models) => {
  expect(() => createHandler({ models: models as never })).toThrow(
    expect.objectContaining({ code: "BAD_OPTION" }),
  );
});

test("too many requests at once are refused, and the next one is served when one has ended", async () => {
  const model = scriptedModel(saysAndWaits("Once"));
  const handler = createHandler({ models: [model], limits: { maxRequests: 2 } });
  const running = [1, 2].map(() =>
    post(handler, "/v1/chat/completions", { ...CHAT, model: "scripted", stream: true }),
  );
  const [first] = await Promise.all(running);
  const refused = await post(handler, "/v1/chat/completions", { ...CHAT, model: "scripted" });
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.json()).toMatchObject({
    error: { code: "queue_full", type: "rate_limit_error" },
  });
  expect((await handler(new Request("http://localhost/health"))).status).toBe(200);
  await first?.body?.cancel();
  expect((await post(handler, "/v1/models", {})).status).toBe(405);
  const next = await handler(new Request("http://localhost/v1/models"));
  expect(next.status).toBe(200);
  await handler.drain({ deadlineMs: 0 });
});
