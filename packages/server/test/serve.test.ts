import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createHandler, type RequestLogEntry } from "../src/index.ts";
import { type RunningServer, type ServeOptions, serve } from "../src/node/index.ts";
import { CHAT } from "./ask.ts";
import { type Script, says, saysAndWaits, scriptedModel } from "./scripted-model.ts";

/** A server of one scripted model, for one test. */
async function served(
  script: Script,
  options: { pingMs?: number; headersMs?: number } = {},
  serveOptions: ServeOptions = {},
): Promise<{
  server: RunningServer;
  model: ReturnType<typeof scriptedModel>;
  log: RequestLogEntry[];
}> {
  const model = scriptedModel(script, { id: "cria" });
  const log: RequestLogEntry[] = [];
  const handler = createHandler({ models: [model], log: (entry) => log.push(entry), ...options });
  return { server: await serve(handler, { port: 0, ...serveOptions }), model, log };
}

const ask = (server: RunningServer, body: object = { stream: true }, init: RequestInit = {}) =>
  fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...CHAT, ...body }),
    ...init,
  });

/** A connection on which a stream has been asked for, and nothing is read yet. */
async function askRaw(server: RunningServer): Promise<Socket> {
  const socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
  const body = JSON.stringify({ ...CHAT, stream: true });
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
  return socket;
}

test("a stream's headers come before its first token, and pings while nothing happens", async () => {
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const script: Script = async ({ text }) => {
    await gate;
    text("hi");
    return {};
  };
  const { server } = await served(script, { pingMs: 20, headersMs: 1 });
  const answer = await ask(server);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
  });
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!/(: ping\n\n){2}/.test(text)) text += (await reader?.read())?.value ?? "";
  expect(text).toContain('"role":"assistant"');
  go();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) break;
    text += value;
  }
  expect(text).toMatch(/"content":"hi".*\[DONE\]\n\n$/s);
  await server.close();
});

test("what fails at once has a status of its own, what fails later an event", async () => {
  let late = false;
  const script: Script = async ({ text }) => {
    if (late) await sleep(80);
    text("");
    throw new Error("secret");
  };
  const { server, log } = await served(
    async (...all) => {
      if (!late) throw new Error("secret");
      return script(...all);
    },
    { headersMs: 20 },
  );
  const early = await ask(server);
  expect(early.status).toBe(500);
  expect(await early.text()).not.toContain("secret");
  late = true;
  const answer = await ask(server);
  expect(answer.status).toBe(200);
  const events = (await answer.text()).trim().split("\n\n");
  expect(JSON.parse(events.at(-2)?.slice(6) ?? "")).toMatchObject({
    error: { code: "internal_error" },
  });
  expect(events.at(-1)).toBe("data: [DONE]");
  expect(log.map(({ status, error }) => [status, error?.message])).toEqual([
    [500, "secret"],
    [200, "secret"],
  ]);
  await server.close();
});

test("a caller that leaves ends the generation, while the prompt is being read too", async () => {
  const { server, model, log } = await served(saysAndWaits());
  const controller = new AbortController();
  const answer = ask(server, { stream: false }, { signal: controller.signal }).catch(() => {});
  await expect.poll(() => model.asked.length).toBe(1);
  controller.abort();
  await answer;
  await expect.poll(() => model.asked[0]?.options.signal?.aborted).toBe(true);
  await expect.poll(() => log.map(({ status }) => status)).toEqual([499]);

  const socket = await askRaw(server);
  await once(socket, "data"); // the headers: not a token yet
  socket.destroy();
  await expect.poll(() => model.asked[1]?.options.signal?.aborted).toBe(true);
  await expect.poll(() => log.map(({ status }) => status)).toEqual([499, 499]);
  await server.close();
});

/** More than the kernel buffers of a connection. */
const FLOOD: Script = async ({ text, signal }) => {
  for (let round = 0; round < 3000 && !signal.aborted; round++) {
    text("llama ".repeat(1000));
    if (round % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { finishReason: signal.aborted ? "aborted" : "stop" };
};

test("a caller that reads nothing is disconnected after a while", async () => {
  const { server, log } = await served(FLOOD, {}, { stallMs: 100 });
  const socket = await askRaw(server);
  socket.pause();
  await expect.poll(() => log.map(({ status }) => status), { timeout: 20_000 }).toEqual([499]);
  socket.destroy();
  await server.close();
});

test("a caller that reads slowly gets everything", async () => {
  const { server } = await served(FLOOD, {}, { stallMs: 5000 });
  const answer = await ask(server);
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (let reads = 0; ; reads++) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) break;
    text += value;
    if (reads < 20) await sleep(10);
  }
  const said = text
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice(6)).choices[0]?.delta.content ?? "")
    .join("");
  expect(said).toBe("llama ".repeat(3_000_000));
  await server.close();
});

test("close() lets answers come to their end, and refuses new ones", async () => {
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const { server } = await served(async ({ text }) => {
    text("Once");
    await gate;
    text(" upon");
    return {};
  });
  const running = await ask(server);
  const closed = server.close();
  const late = await ask(server);
  expect(late.status).toBe(503);
  expect(late.headers.get("retry-after")).toBe("5");
  expect((await fetch(`${server.url}/ready`)).status).toBe(503);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  go();
  const text = await running.text();
  expect(text).toContain(" upon");
  expect(text).toMatch(/"finish_reason":"stop".*\[DONE\]\n\n$/s);
  await closed;
  await expect(fetch(`${server.url}/health`)).rejects.toThrow();
});

test("close() ends what goes on after its deadline: a stream by a last event, a whole answer by a status", async () => {
  const { server, model } = await served(saysAndWaits("Once"));
  const stream = await ask(server);
  const whole = ask(server, {});
  await expect.poll(() => model.asked.length).toBe(2);
  await server.close({ deadlineMs: 50 });
  expect(await stream.text()).toMatch(/"finish_reason":"abort".*\[DONE\]\n\n$/s);
  expect((await whole).status).toBe(503);
});

test("close() waits no longer than its deadline for a model that does not obey", async () => {
  const { server } = await served(() => new Promise(() => {}), { headersMs: 1 });
  const stream = await ask(server);
  await server.close({ deadlineMs: 10 });
  await expect(stream.text()).rejects.toThrow();
});

test("an address that is in use is an error", async () => {
  const { server } = await served(says("hi"));
  const again = serve(createHandler({ models: [scriptedModel(says("hi"))] }), {
    port: server.port,
  });
  await expect(again).rejects.toMatchObject({ code: "CANNOT_LISTEN" });
  await server.close();
});

test("a connection is used again, also after a refusal", async () => {
  const { server } = await served(says("hi"));
  for (let round = 0; round < 30; round++) {
    const body = round % 2 === 0 ? { stream: false } : { temperature: "hot" };
    const answer = await ask(server, body);
    expect(answer.status).toBe(round % 2 === 0 ? 200 : 400);
    await answer.text();
  }
  await server.close();
});

test("of requests that are sent at once on one connection, all end when the caller leaves", async () => {
  const { server, model, log } = await served(saysAndWaits("Once"), { headersMs: 1 });
  const socket = await askRaw(server);
  const body = JSON.stringify({ ...CHAT, stream: true });
  const again = `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  socket.write(again.repeat(12));
  await expect.poll(() => model.asked.length).toBe(13);
  socket.destroy();
  await expect.poll(() => log.map(({ status }) => status)).toEqual(new Array(13).fill(499));
  expect(model.asked.every(({ options }) => options.signal?.aborted)).toBe(true);
  await server.close();
});

test("a caller that does not read a whole answer is disconnected, one that reads it slowly is not", async () => {
  const handler = () =>
    new Response("x".repeat(2 ** 25), { headers: { "content-length": String(2 ** 25) } });
  const server = await serve(handler, { port: 0, publicWithoutKey: true, stallMs: 700 });
  const socket = connect(server.port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await once(socket, "readable"); // and nothing is taken
  await sleep(1500);
  let size = 0;
  socket.on("data", (chunk) => {
    size += chunk.length;
  });
  await once(socket, "close");
  expect(size).toBeLessThan(2 ** 25);

  const answer = await fetch(server.url);
  const reader = answer.body?.getReader();
  let read = 0;
  for (let reads = 0; ; reads++) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) break;
    read += value?.length ?? 0;
    if (reads < 300) await sleep(5);
  }
  expect(read).toBe(2 ** 25);
  await server.close();
});
