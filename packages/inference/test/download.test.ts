import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { DownloadProgress } from "../src/index.ts";
import { loadCria } from "./cria.ts";
import { ggufBytes } from "./gguf-file.ts";
import { loraFile } from "./lora-file.ts";

const uri = "hf:someone/cria/cria.gguf";
let cacheDir: string;
/** What the server sends. */
let file: Buffer;
/** What the server says its SHA-256 is. */
let checksum: string;
let server: Server;
/** The ranges that were asked for, "" for the whole file. */
let requests: string[];
/** The paths that were asked for. */
let paths: string[];
/** Answers of the hub about quantizations, by path. */
let manifests: Record<string, string>;
/** What each request gave as its token. */
let authorizations: (string | undefined)[];
/** What the server does instead of sending the file, if anything. */
let interfere: ((range: string, response: ServerResponse) => boolean) | undefined;

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "llama2-kit-"));
  requests = [];
  authorizations = [];
  paths = [];
  manifests = {};
  interfere = undefined;
  file = await readFile(criaModelPath);
  checksum = createHash("sha256").update(file).digest("hex");
  server = createServer((request, response) => serve(request, response));
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
function serve(request: IncomingMessage, response: ServerResponse): void {
  const range = request.headers.range ?? "";
  requests.push(range);
  authorizations.push(request.headers.authorization);
  paths.push(request.url?.replace(/\?.*/, "") ?? "");
  if (interfere?.(range, response)) return;
  const manifest = manifests[request.url ?? ""];
  if (manifest !== undefined) {
    response.end(manifest);
    return;
  }
  const [, from, to] = /bytes=(\d+)-(\d+)/.exec(range) ?? [];
  const body = from === undefined ? file : file.subarray(Number(from), Number(to) + 1);
  const status = from === undefined ? 200 : 206;
  const headers: Record<string, string | number> = {
    "accept-ranges": "bytes",
    "content-length": body.length,
    etag: '"1"',
    "x-linked-etag": `"${checksum}"`,
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

test("a signal that fires before the download begins is seen", async () => {
  const abort = new AbortController();
  const reason = new Error("changed my mind");
  // Asking the server anything comes after what takes long in here, loading the library.
  interfere = () => true;
  const loading = loadCria({ model: uri, cacheDir, signal: abort.signal });
  abort.abort(reason);
  await expect(loading).rejects.toBe(reason);
  expect((await readdir(cacheDir)).filter((name) => name.endsWith(".gguf"))).toEqual([]);
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

test("what is not what the server has is deleted", async () => {
  checksum = "0".repeat(64);
  const loading = loadCria({ model: uri, cacheDir });
  await expect(loading).rejects.toMatchObject({
    code: "DOWNLOAD_CORRUPT",
    message: expect.stringMatching(/its SHA-256 is [0-9a-f]{64}, and should be 0{64}\. .* deleted/),
  });
  expect(await readdir(cacheDir)).toEqual([]);
  checksum = createHash("sha256").update(file).digest("hex");
  await using model = await loadCria({ model: uri, cacheDir });
  expect(model.id).toContain("cria");
});

test("a server without checksums is believed", async () => {
  checksum = "W/1";
  await using model = await loadCria({ model: uri, cacheDir });
  expect(model.id).toContain("cria");
});

test("a quantization is found, and compared with its own checksum", async () => {
  checksum = "0".repeat(64);
  const manifest = JSON.stringify({ ggufFile: { rfilename: "some/cria.Q8_0.gguf" } });
  manifests = { "/v2/someone/cria/manifests/Q8_0": manifest };
  const loading = loadCria({ model: "hf:someone/cria:Q8_0", cacheDir });
  await expect(loading).rejects.toMatchObject({ code: "DOWNLOAD_CORRUPT" });
  expect(paths).toContain("/someone/cria/resolve/main/some/cria.Q8_0.gguf");
});

test("adapters are downloaded, too", async () => {
  const adapter = ggufBytes(loraFile());
  file = adapter;
  checksum = createHash("sha256").update(adapter).digest("hex");
  await using model = await loadCria({
    adapters: { pirate: "hf:someone/pirate/x.gguf" },
    cacheDir,
  });
  expect(model.warnings).toEqual([]);
  expect((await readdir(cacheDir)).filter((name) => name.endsWith("x.gguf"))).toHaveLength(1);
});

test("the token goes to the hub, where the hub asks for one", async () => {
  vi.stubEnv("HF_TOKEN", "secret");
  await using open = await loadCria({ model: uri, cacheDir });
  expect(open.id).toContain("cria");
  const { port } = server.address() as AddressInfo;
  interfere = (_, response) => {
    if (authorizations.at(-1) === "Bearer secret") return false;
    response.writeHead(401).end();
    return true;
  };
  await using gated = await loadCria({ model: "hf:someone/gated/cria.gguf", cacheDir });
  expect(gated.id).toContain("gated");
  authorizations = [];
  vi.stubEnv("HF_ENDPOINT", "http://127.0.0.2:9999");
  const elsewhere = loadCria({ model: `http://127.0.0.1:${port}/cria.gguf`, cacheDir });
  await expect(elsewhere).rejects.toMatchObject({ code: "DOWNLOAD_FAILED" });
  expect(authorizations).not.toEqual([]);
  expect(authorizations.filter((header) => header !== undefined)).toEqual([]);
});

test("a server that cannot be reached is told at once, and the cache works without it", async () => {
  const first = await loadCria({ model: uri, cacheDir });
  await first.dispose();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await expect(loadCria({ model: "hf:someone/other/x.gguf", cacheDir })).rejects.toMatchObject({
    code: "DOWNLOAD_FAILED",
    message:
      "Cannot download hf:someone/other/x.gguf: the server cannot be reached (ECONNREFUSED). Check that this machine is " +
      "online, or give the path of a file that is here.",
  });
  await using again = await loadCria({ model: uri, cacheDir });
  expect(again.path).toBe(first.path);
});
