import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { send, useApp } from "./start-app.ts";

const app = useApp();

test.each([
  ["no model", {}, "model"],
  ["a number", { model: 1 }, "model"],
  ["no name", { model: " " }, "model"],
  ["a long name", { model: "x".repeat(5000) }, "model"],
  ["a small context", { model: "cria", contextSize: 1 }, "contextSize"],
  ["a context in words", { model: "cria", contextSize: "512" }, "contextSize"],
  ["adapters by name", { model: "cria", adapters: {} }, "adapters"],
  ["many adapters", { model: "cria", adapters: Array(100).fill({}) }, "adapters"],
  ["a bare adapter", { model: "cria", adapters: [1] }, "adapters[0]"],
  ["an adapter without a path", { model: "cria", adapters: [{ name: "x" }] }, "adapters[0].path"],
  [
    "a scale in words",
    { model: "cria", adapters: [{ name: "x", path: "y", scale: "1" }] },
    "adapters[0].scale",
  ],
])("to load %s is refused, and nothing is loaded", async (_, body, param) => {
  const answer = await send(app(), "POST", "/app/model", body);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { param } });
  expect(app().holder.state.status).toBe("ready");
});

test("what is not there, and what is asked for otherwise, is told in OpenAI's form", async () => {
  const none = await send(app(), "GET", "/app/nothing");
  expect(none.status).toBe(404);
  expect(await none.json()).toMatchObject({ error: { code: "not_found" } });
  expect((await send(app(), "POST", "/app/state", {})).status).toBe(405);
  expect((await send(app(), "GET", "/nothing")).status).toBe(404);
  expect((await send(app(), "GET", "/app/__proto__")).status).toBe(404);
});

const CHANGES = [
  ["POST", "/app/model"],
  ["DELETE", "/app/model/loading"],
  ["POST", "/app/prompt"],
  ["POST", "/app/benchmark"],
] as const;

describe.each(CHANGES)("%s %s", (method, path) => {
  const body = method === "POST" ? { model: "/nowhere.gguf" } : undefined;

  test("is not for pages of other sites", async () => {
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: app().url.replace("127.0.0.1", "localhost") },
      { "sec-fetch-site": "cross-site" },
    ]) {
      const answer = await send(app(), method, path, body, { headers: headers as never });
      expect(answer.status).toBe(403);
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    }
    expect(app().holder.state.status).toBe("ready");
  });

  test("is not for names that lead here (DNS rebinding)", async () => {
    const answer = await askRaw(`${method} ${path}`, "evil.example");
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
  });
});

test("no route can be asked by a form, or without asking first", async () => {
  for (const path of ["/app/model", "/app/prompt", "/app/benchmark"]) {
    const headers = { "content-type": "text/plain" };
    const answer = await send(app(), "POST", path, { model: "x", prompt: "x" }, { headers });
    expect(answer.status).toBe(415);
  }
});

/** `fetch` sets the host by itself. */
function askRaw(line: string, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(app().server.port, "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8").on("data", (data) => {
      text += data;
    });
    socket.on("error", reject).on("close", () => resolve(text));
    socket.end(`${line} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
  });
}
