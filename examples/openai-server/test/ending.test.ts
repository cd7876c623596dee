import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { startProgram, whenReady } from "./program.ts";

const COMMAND = "../../packages/server/dist/cli.js";
const FIXED = ["--port", "0", "--gpu", "off", "--threads", "1", "--sequences", "4"];

const ask = (url: string, body: object) =>
  fetch(`${url}/v1/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      prompt: "Once upon a time",
      temperature: 1,
      logit_bias: { 2: -100 },
      ...body,
    }),
  });

test("SIGTERM under load: what runs comes to its end, what comes too late is refused, and all is well", async () => {
  const program = startProgram(COMMAND, FIXED);
  const url = await program.url;
  await whenReady(url);
  const running = await Promise.all(
    Array.from({ length: 12 }, (_, seed) => ask(url, { seed, max_tokens: 100, stream: true })),
  );
  const texts = running.map((answer) => answer.text());
  program.process.kill("SIGTERM");
  await expect.poll(() => fetch(`${url}/ready`).then(({ status }) => status)).toBe(503);
  const late = await ask(url, { max_tokens: 5 });
  expect(late.status).toBe(503);
  expect(late.headers.get("retry-after")).toBe("5");
  for (const text of await Promise.all(texts)) {
    expect(text).toMatch(/"finish_reason":"length".*data: \[DONE\]\n\n$/s);
  }
  const { exitCode, stdout } = await program.ended;
  expect(exitCode).toBe(0);
  const log = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(
    log.filter(({ route, status }) => route === "/v1/completions" && status === 200),
  ).toHaveLength(12);
});

test("SIGTERM with a deadline: what runs for longer ends with a proper last event", async () => {
  const program = startProgram(COMMAND, [...FIXED, "--drain", "0", "--quiet"]);
  const url = await program.url;
  await whenReady(url);
  const running = await Promise.all(
    Array.from({ length: 12 }, (_, seed) => ask(url, { seed, max_tokens: 490, stream: true })),
  );
  const texts = running.map((answer) => answer.text());
  program.process.kill("SIGTERM");
  for (const text of await Promise.all(texts)) {
    expect(text).toMatch(/"finish_reason":"(?:abort|length)".*data: \[DONE\]\n\n$/s);
  }
  const { exitCode, stdout } = await program.ended;
  expect(exitCode).toBe(0);
  expect(stdout).toBe("");
});

test("a command that is told something wrong says so in a line", async () => {
  const cases: [string[], RegExp][] = [
    [["--bogus"], /Unknown option '--bogus'/],
    [["--port", "x"], /--port must be an integer/],
    [["--host", "0.0.0.0"], /LLAMA2_API_KEY.*--share/],
    [["--gpu", "abacus"], /--gpu must be one of/],
    [["--adapter", "x"], /--adapter must be <name>=<path>/],
    [["--model", "/nowhere.gguf", "--port", "0"], /\/nowhere\.gguf/],
  ];
  for (const [args, message] of cases) {
    const { exitCode, stderr } = await startProgram(COMMAND, args, { LLAMA2_API_KEY: "" }).ended;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  }
});

test("the command asks for keys, and tells what --share exposes", async () => {
  const keyed = startProgram(COMMAND, FIXED, { LLAMA2_API_KEY: "sk-one,sk-two" });
  const url = await keyed.url;
  const status = async (key: string) =>
    (await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status;
  expect([await status("sk-two"), await status("sk-three")]).toEqual([200, 401]);
  keyed.process.kill("SIGTERM");
  await keyed.ended;

  const shared = startProgram(COMMAND, [...FIXED, "--share"], { LLAMA2_API_KEY: "" });
  await shared.url;
  shared.process.kill("SIGTERM");
  const { stderr, exitCode } = await shared.ended;
  const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const isReachable = others.some(({ internal, family }) => !internal && family === "IPv4");
  expect(stderr.includes("EVERYBODY who can reach this machine can use it")).toBe(isReachable);
  expect(exitCode).toBe(0);
});

test("the example answers, and ends well", async () => {
  const program = startProgram("dist/main.js", [], { PORT: "0" });
  const url = await program.url;
  const answer = await ask(url, { max_tokens: 5 });
  expect((await answer.json()).usage.completion_tokens).toBe(5);
  program.process.kill("SIGTERM");
  expect((await program.ended).exitCode).toBe(0);
});

test("the proxy hides a key", async () => {
  const behind = startProgram(COMMAND, FIXED, { LLAMA2_API_KEY: "sk-hidden" });
  const upstream = await behind.url;
  await whenReady(upstream);
  const env = { PORT: "0", UPSTREAM: `${upstream}/v1`, UPSTREAM_KEY: "sk-hidden", MODEL: "cria" };
  const proxy = startProgram("dist/proxy.js", [], env);
  const answer = await ask(await proxy.url, { max_tokens: 5 });
  expect(answer.status).toBe(200);
  expect((await answer.json()).usage.completion_tokens).toBe(5);
  for (const program of [proxy, behind]) {
    program.process.kill("SIGTERM");
    expect((await program.ended).exitCode).toBe(0);
  }
});
