import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join, sep } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
};

/**
 * The page loads nothing from elsewhere, and runs no script but its own, whatever a model writes. It may speak to other
 * servers, as that is a view of its own: Connect.
 */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' http: https:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const SAFETY = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Vite puts a hash into these files' names, so what a name stands for never changes. */
const HASHED = "/assets/";

interface PageFile {
  readonly etag: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** The built page. It is read once, and found by exact paths: no request names a file of the disk. */
export class PageFiles {
  readonly #files = new Map<string, PageFile>();

  /** @throws Error where the page is not built */
  constructor(folder: string) {
    for (const name of listFiles(folder)) {
      const path = `/${name.replaceAll(sep, "/")}`;
      this.#files.set(path === "/index.html" ? "/" : path, readFile(join(folder, name), path));
    }
    if (!this.#files.has("/")) throw new Error(`There is no page in ${folder}: run npm run build.`);
  }

  /** Answers where a request is for one of the files. */
  answer({ method, url, headers }: Request): Response | undefined {
    if (method !== "GET" && method !== "HEAD") return undefined;
    const file = this.#files.get(new URL(url).pathname);
    if (!file) return undefined;
    const isKnown = headers.get("if-none-match")?.includes(file.etag) ?? false;
    if (isKnown) return new Response(null, { status: 304, headers: file.headers });
    const length = String(file.bytes.byteLength);
    return new Response(file.bytes, { headers: { ...file.headers, "content-length": length } });
  }
}

function listFiles(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map(({ parentPath, name }) =>
      join(parentPath, name).slice(join(folder, sep).length),
    );
  } catch {
    return [];
  }
}

function readFile(file: string, path: string): PageFile {
  const bytes = new Uint8Array(readFileSync(file));
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  return {
    bytes,
    etag,
    headers: {
      ...SAFETY,
      "content-type": TYPES[extname(path)] ?? "application/octet-stream",
      "cache-control": path.startsWith(HASHED) ? "public, max-age=31536000, immutable" : "no-cache",
      etag,
    },
  };
}
