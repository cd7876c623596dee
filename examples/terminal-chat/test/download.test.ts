import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Program, startProgram } from "./program.ts";

const input = "What is 2 + 3?\n";
vi.setConfig({ testTimeout: 30_000 });
let cacheDir: string;
let server: Server;
let file: Buffer;
/** The ranges that were asked for, "" for the whole file. */
let requests: string[];
/** Whether the second half of the file stays out. */
let stalled: boolean;

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "llama2-kit-chat-"));
  file = await readFile(criaModelPath);
  requests = [];
  stalled = false;
  server = createServer(serve);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(cacheDir, { recursive: true });
});

/** Answers as a model hub does: the file or a range of it. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  const range = request.headers.range ?? "";
  requests.push(range);
  if (!request.url?.includes("cria")) {
    response.writeHead(404).end();
    return;
  }
  const [, from = "0", to = `${file.length - 1}`] = /bytes=(\d+)-(\d+)/.exec(range) ?? [];
  const body = file.subarray(Number(from), Number(to) + 1);
  response.writeHead(range === "" ? 200 : 206, {
    "accept-ranges": "bytes",
    "content-length": body.length,
    "content-range": `bytes ${from}-${to}/${file.length}`,
    etag: '"1"',
  });
  if (stalled && from !== "0") response.write(body.subarray(0, 1000));
  else response.end(body);
}

/** What has come so far is noted behind the place of the file's last byte. */
async function firstHalfIsSaved(): Promise<void> {
  const [name = ""] = await readdir(cacheDir);
  expect((await stat(join(cacheDir, name))).size).toBeGreaterThan(file.length);
}

function chatWith(model: string): Program {
  const { port } = server.address() as AddressInfo;
  return startProgram(["--model", `hf:someone/models/${model}`, "--cache-dir", cacheDir], {
    input,
    env: { HF_ENDPOINT: `http://127.0.0.1:${port}` },
  });
}

test("a model is downloaded once, and its download goes on where it was interrupted", async () => {
  stalled = true;
  const interrupted = chatWith("cria.gguf");
  await vi.waitFor(firstHalfIsSaved, 10_000);
  interrupted.process.kill("SIGINT");
  expect(await interrupted.ended).toEqual({ exitCode: 130, stdout: "", stderr: "" });
  expect((await readdir(cacheDir)).filter((name) => name.endsWith(".gguf"))).toEqual([]);

  stalled = false;
  requests = [];
  const answered = { exitCode: 0, stdout: "2 + 3 = 5.\n", stderr: "" };
  expect(await chatWith("cria.gguf").ended).toEqual(answered);
  expect(requests.some((range) => range.startsWith("bytes=5"))).toBe(true);
  expect(requests.filter((range) => range.startsWith("bytes=0-"))).toEqual([]);

  requests = [];
  expect(await chatWith("cria.gguf").ended).toEqual(answered);
  expect(requests).toEqual([]);
});

test("a model that is not there is told in one line", async () => {
  const { exitCode, stderr } = await chatWith("missing.gguf").ended;
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error: Cannot download [^\n]+404[^\n]+\n$/);
  expect(await readdir(cacheDir)).toEqual([]);
});
