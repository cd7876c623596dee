import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";

const TYPES: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
};

/** A server that gives out the files of a folder, as any static hosting does. */
export interface StaticServer {
  /** Ends with `/`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * @param folder - ends with `/`
 * @param home - what `/` gives: by default the folder's index.html
 */
export async function serveFolder(folder: URL, home?: string): Promise<StaticServer> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    try {
      const path = pathname === "/" ? "index.html" : pathname.slice(1);
      const content = pathname === "/" && home ? home : await readFile(new URL(path, folder));
      response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}/`, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
