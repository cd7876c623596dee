import { criaModelPath } from "@llama2-kit/cria";
import { type LocalModel, loadModel } from "@llama2-kit/inference";
import { createHandler } from "@llama2-kit/server";
import { type RunningServer, serve } from "@llama2-kit/server/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFastifyApp } from "../src/fastify-app.ts";
import { createHonoApp } from "../src/hono-app.ts";

let model: LocalModel;
beforeAll(async () => {
  model = await loadModel({ model: criaModelPath, id: "cria", gpu: false, threads: 1 });
});
afterAll(() => model.dispose());

/** Starts an app with a model in it; returns its address, and what ends it. */
const APPS = {
  async Hono() {
    const handler = createHandler({ models: [model], basePath: "/llm" });
    const server: RunningServer = await serve(createHonoApp(handler).fetch, { port: 0 });
    return { url: server.url, close: () => server.close({ deadlineMs: 0 }) };
  },
  async Fastify() {
    const app = createFastifyApp(createHandler({ models: [model], basePath: "/llm" }));
    return { url: await app.listen({ port: 0, host: "127.0.0.1" }), close: () => app.close() };
  },
};

describe.each(Object.entries(APPS))("in an app of %s", (_, start) => {
  let app: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    app = await start();
  });
  afterAll(() => app.close());

  const ask = (body: object) =>
    fetch(`${app.url}/llm/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        messages: [{ role: "user", content: "My name is Zoe." }],
        temperature: 0,
        ...body,
      }),
    });

  test("the app's own routes and the model's are there", async () => {
    expect(await (await fetch(`${app.url}/`)).text()).toBe("My app");
    const { data } = await (await fetch(`${app.url}/llm/v1/models`)).json();
    expect(data[0].id).toBe("cria");
    expect((await fetch(`${app.url}/llm/health`)).status).toBe(200);
    expect((await fetch(`${app.url}/llm/nowhere`)).status).toBe(404);
  });

  test("it answers, whole and as a stream", async () => {
    const whole = await (await ask({})).json();
    expect(whole.choices[0].message.content).toContain("Zoe");
    const stream = await ask({ stream: true });
    expect(stream.headers.get("content-type")).toContain("text/event-stream");
    expect(await stream.text()).toMatch(/data: \[DONE\]\n\n$/);
  });

  test("it refuses what is wrong, and a body that is too large", async () => {
    expect((await ask({ temperature: "hot" })).status).toBe(400);
    expect((await ask({ filler: "x".repeat(1_100_000) })).status).toBe(413);
    expect((await ask({})).status).toBe(200);
  });

  test("a caller that leaves ends the generation", async () => {
    const answer = await ask({ stream: true, temperature: 1, logit_bias: { 2: -100 } });
    await answer.body?.cancel();
    await expect.poll(() => model.load.running).toBe(0);
  });
});
