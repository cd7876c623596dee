import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DownloadProgress } from "../src/index.ts";
import { loadCria } from "./cria.ts";

const uri = "hf:someone/cria/cria.gguf";
let cacheDir: string;
let server: Server;
/** The ranges that were asked for, "" for the whole file. */
let requests: string[];
/** What the server does instead of sending the file, if anything. */
let interfere: ((range: string, response: ServerResponse) => boolean) | undefined;

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "llama2-kit-"));
  requests = [];
  interfere = undefined;
  const file = await readFile(criaModelPath);
  server = createServer((request, response) => serve(file, request, response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  vi.stubEnv("HF_ENDPOINT", `http://127.0.0.1:${port}`);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  await rm(cacheDir, { recursive: true });
});

/** Answers as a model hub does: the file or a range of it. */
function serve(file: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const range = request.headers.range ?? "";
  requests.push(range);
  if (interfere?.(range, response)) return;
  const [, from, to] = /bytes=(\d+)-(\d+)/.exec(range) ?? [];
  const body = from === undefined ? file : file.subarray(Number(from), Number(to) + 1);
  const status = from === undefined ? 200 : 206;
  const headers: Record<string, string | number> = {
    "accept-ranges": "bytes",
    "content-length": body.length,
    etag: '"1"',
  };
  if (from !== undefined) headers["content-range"] = `bytes ${from}-${to}/${file.length}`;
  response.writeHead(status, headers).end(body);
}

test("a model is downloaded once, with progress, and then found in the cache", async () => {
  const progress: DownloadProgress[] = [];
  await using model = await loadCria({
    model: uri,
    cacheDir,
    onDownloadProgress: (now) => progress.push(now),
  });
  const answer = await model
    .chat([{ role: "user", content: "My name is Zoe." }], { temperature: 0 })
    .text();
  expect(answer).toBe("Nice to meet you, Zoe!");
  expect(progress.at(-1)).toEqual({ downloadedBytes: 9_850_880, totalBytes: 9_850_880 });

  requests = [];
  await using again = await loadCria({ model: uri, cacheDir });
  expect(again.path).toBe(model.path);
  expect(requests).toEqual([]);
});

test("a download that breaks off leaves no model behind, and the next one goes on", async () => {
  const abort = new AbortController();
  const reason = new Error("changed my mind");
  // The first part of the file arrives whole; the second begins, and then nothing more comes.
  interfere = (range, response) => {
    if (range === "" || range.startsWith("bytes=0-")) return false;
    response.writeHead(206, { "content-range": `${range.replace("=", " ")}/9850880` });
    response.write(Buffer.alloc(1000));
    return true;
  };
  const loading = loadCria({
    model: uri,
    cacheDir,
    signal: abort.signal,
    onDownloadProgress: ({ downloadedBytes }) => {
      if (downloadedBytes >= 5_000_000) setTimeout(() => abort.abort(reason), 200);
    },
  });
  await expect(loading).rejects.toBe(reason);
  expect((await readdir(cacheDir)).filter((name) => name.endsWith(".gguf"))).toEqual([]);

  interfere = undefined;
  requests = [];
  await using model = await loadCria({ model: uri, cacheDir });
  expect(model.id).toContain("cria");
  expect(requests.filter((range) => range.startsWith("bytes=0-"))).toEqual([]);
});

test.each([
  { status: 404, message: /the server answered 404. Check the repository's and the file's name/ },
  { status: 401, message: /the server answered 401. It may need an access token: set HF_TOKEN/ },
])("an answer of $status is told at once", async ({ status, message }) => {
  interfere = (_, response) => {
    response.writeHead(status).end();
    return true;
  };
  const expected = { code: "DOWNLOAD_FAILED", message: expect.stringMatching(message) };
  await expect(loadCria({ model: uri, cacheDir })).rejects.toMatchObject(expected);
  expect(await readdir(cacheDir)).toEqual([]);
});

test("a server that only fails is given up on", async () => {
  interfere = (_, response) => {
    response.writeHead(500).end();
    return true;
  };
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const loading = loadCria({ model: uri, cacheDir });
    const expected = {
      code: "DOWNLOAD_FAILED",
      message: expect.stringMatching(/nothing has come for 20 s/),
    };
    const refused = expect(loading).rejects.toMatchObject(expected);
    await vi.waitFor(() => expect(requests).not.toEqual([]));
    await vi.advanceTimersByTimeAsync(20_000);
    await refused;
  } finally {
    vi.useRealTimers();
  }
});
