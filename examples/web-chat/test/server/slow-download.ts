import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { criaModelPath } from "@llama2-kit/cria";
import { afterAll, beforeAll } from "vitest";

/** A server that has Cria to download: `/whole/…` at once, `/slow/…` only the first half, `/none/…` not at all. */
export function useDownloads(): () => string {
  const file = readFileSync(criaModelPath);
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => answer(file, request, response));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answer(file: Buffer, { url, headers }: IncomingMessage, response: ServerResponse): void {
  if (url?.startsWith("/none/")) {
    response.writeHead(404).end();
    return;
  }
  const { range = "" } = headers;
  const [, from = "0", to = `${file.length - 1}`] = /bytes=(\d+)-(\d+)/.exec(range) ?? [];
  const body = file.subarray(Number(from), Number(to) + 1);
  response.writeHead(range === "" ? 200 : 206, {
    "accept-ranges": "bytes",
    "content-length": body.length,
    "content-range": `bytes ${from}-${to}/${file.length}`,
    etag: '"1"',
  });
  if (url?.startsWith("/slow/") && from !== "0") response.write(body.subarray(0, 1000));
  else response.end(body);
}
