import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Program, startProgram } from "./program.ts";

const programs: Program[] = [];
const start = (...args: string[]) => {
  const program = startProgram(args);
  programs.push(program);
  return program;
};
afterEach(async () => {
  for (const { process, ended } of programs.splice(0)) {
    process.kill("SIGKILL");
    await ended;
  }
});

const says = (program: Program, text: RegExp) =>
  vi.waitFor(() => expect(program.output()).toMatch(text), 30_000);

const OTHERS = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal, family }) => !internal && family === "IPv4");

test("it tells its address, serves the page, answers with Cria, and ends by Ctrl-C", async () => {
  const program = start("--port", "0");
  const url = await program.url;
  await says(program, /Ready: cria \(Q8_0, 512 tokens of context, CPU, 1 thread\)/);
  expect(program.output()).toMatch(/^The web chat is at http:\/\/127\.0\.0\.1:\d+\n/m);
  const page = await (await fetch(url)).text();
  const [, script = ""] = /src="(\/assets\/[^"]+\.js)"/.exec(page) ?? [];
  const loaded = await fetch(url + script);
  expect(loaded.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      messages: [{ role: "user", content: "My name is Zoe." }],
      temperature: 0,
    }),
  });
  expect((await answer.json()).choices[0].message.content).toBe("Nice to meet you, Zoe!");
  const events = await fetch(`${url}/app/events`);
  program.process.kill("SIGINT");
  expect(await program.ended).toBe(0);
  await events.text().catch(() => {}); // it does not hang
});

test("it ends by Ctrl-C while it loads or downloads", async () => {
  const program = start("--port", "0");
  await program.url;
  program.process.kill("SIGINT");
  expect(await program.ended).toBe(0);
});

test("a model that is not there is told here and on the page, where another can be chosen", async () => {
  const program = start("--port", "0", "--model", "/nowhere/none.gguf");
  const url = await program.url;
  await says(program, /none\.gguf.*Another model can be chosen on the page/);
  const { model } = await (await fetch(`${url}/app/state`)).json();
  expect(model).toMatchObject({ status: "failed", error: { code: "MODEL_NOT_FOUND" } });
  const post = (path: string, body: object) => {
    const headers = { "content-type": "application/json" };
    return fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  };
  const messages = [{ role: "user", content: "My name is Zoe." }];
  for (const path of ["/v1/chat/completions", "/app/prompt"]) {
    const response = await post(path, { messages });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: "model_failed" } });
  }
  expect((await post("/app/model", { model: "cria" })).status).toBe(202);
  await says(program, /Ready: cria/);
  expect((await post("/v1/chat/completions", { messages })).status).toBe(200);
});

test("a wrong option is one line and exit code 1", async () => {
  const program = start("--port", "x");
  expect(await program.ended).toBe(1);
  expect(program.output()).toBe('--port must be an integer from 0 to 65535; it is "x".\n');
});

test("help comes at once", async () => {
  const program = start("--help");
  expect(await program.ended).toBe(0);
  expect(program.output()).toContain("--share");
});

describe("a port that is in use", () => {
  test("is told where it was asked for", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    const program = start("--port", String(port));
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain(`Port ${port} is in use`);
    expect(program.output()).toContain("--port 0");
    other.close();
  });

  test("is passed over where it was not", async () => {
    const [first, second] = [start(), start()];
    const [one, two] = await Promise.all([first.url, second.url]);
    expect(one).not.toBe(two);
    expect((await fetch(two)).status).toBe(200);
  });
});

describe("to share", () => {
  test.skipIf(OTHERS.length === 0)("tells addresses with a key, which lets in", async () => {
    const program = start("--share", "--port", "0");
    const url = await program.url;
    await says(program, /Other machines/);
    const output = program.output();
    const key = new URL(url).hash.replace("#key=", "");
    expect(key).toMatch(/^[\w-]{16}$/);
    for (const { address } of OTHERS) expect(output).toContain(`http://${address}:`);
    expect(output).toContain("It is not encrypted");
    const other = /^ {2}(http:\S+)\/#key=/m.exec(output)?.[1] ?? "";
    expect((await fetch(`${other}/app/state`)).status).toBe(401);
    const headers = { authorization: `Bearer ${key}` };
    expect((await fetch(`${other}/app/state`, { headers })).status).toBe(200);
    expect((await fetch(`${other}/v1/models`)).status).toBe(401);
    expect((await fetch(`${other}/`)).status).toBe(200);
  });

  test("keeps a key that was given", async () => {
    const program = start("--share", "--port", "0", "--api-key", "my-key");
    expect(await program.url).toContain("/#key=my-key");
    expect(program.output()).not.toContain("new at every start");
  });

  test("needs a key on any address that others can reach", async () => {
    const program = start("--host", "0.0.0.0", "--port", "0");
    expect(await program.url).toContain("/#key=");
  });
});
