import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where Hugging Face is, or a mirror of it: as node-llama-cpp finds it. */
function hubEndpoint(): string {
  const { MODEL_ENDPOINT, HF_ENDPOINT } = process.env;
  return (MODEL_ENDPOINT || HF_ENDPOINT || "https://huggingface.co").replace(/\/$/, "");
}

/**
 * The addresses of the files that a URI stands for: several where a model is split. They are for asking the server
 * about them; it is node-llama-cpp that downloads.
 *
 * @returns none where the URI is of no form that is known here
 */
export async function locateFiles(uri: string, signal: AbortSignal): Promise<string[]> {
  if (/^https?:/.test(uri)) return partsOf(uri);
  const [user, repository = "", ...path] = uri.replace(/^\w+:(\/\/)?/, "").split("/");
  const [name, tag] = repository.split(":");
  if (!user || !name) return [];
  const [file, branch = "main"] =
    path.length > 0 ? path.join("/").split("#") : [await fileOfTag(`${user}/${name}`, tag, signal)];
  if (!file) return [];
  const encoded = file.split("/").map(encodeURIComponent).join("/");
  const folder = `${user}/${name}/resolve/${encodeURIComponent(branch)}`;
  return partsOf(`${hubEndpoint()}/${folder}/${encoded}`);
}

/** The file that a repository has for a quantization, or by default. */
async function fileOfTag(
  repository: string,
  tag = "latest",
  signal: AbortSignal,
): Promise<string | undefined> {
  const url = `${hubEndpoint()}/v2/${repository}/manifests/${encodeURIComponent(tag)}`;
  // The hub names the file only to llama.cpp.
  const response = await ask(url, { headers: { "User-Agent": "llama-cpp" }, signal });
  const manifest: { ggufFile?: { rfilename?: string } } | undefined = response.ok
    ? await response.json().catch(() => undefined)
    : undefined;
  return manifest?.ggufFile?.rfilename;
}

const PART = /-00001-of-(\d{5})\.gguf/;

function partsOf(url: string): string[] {
  const count = Number(PART.exec(url)?.[1] ?? 1);
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(5, "0");
    return url.replace(PART, `-${number}-of-$1.gguf`);
  });
}

const SHA_256 = /^"?([0-9a-f]{64})"?$/;

/**
 * The SHA-256 of a file, where the server tells: Hugging Face gives that of its LFS files in `x-linked-etag`.
 *
 * @throws TypeError where the server cannot be reached
 */
export async function askChecksum(url: string, signal: AbortSignal): Promise<string | undefined> {
  // Where it redirects to holds the file, and knows nothing more of it.
  const response = await ask(url, { method: "HEAD", redirect: "manual", signal });
  return SHA_256.exec(response.headers.get("x-linked-etag") ?? "")?.[1];
}

/** Asks without a token, and with it where that is refused. It goes to the hub and to nobody else. */
async function ask(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const isRefused = response.status === 401 || response.status === 403;
  const token = isRefused && url.startsWith(`${hubEndpoint()}/`) ? await readToken() : undefined;
  if (token === undefined) return response;
  return fetch(url, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } });
}

/** The token of whoever has logged in to Hugging Face, from where its tools keep it. */
async function readToken(): Promise<string | undefined> {
  const { HF_TOKEN, HF_TOKEN_PATH, HF_HOME, XDG_CACHE_HOME } = process.env;
  if (HF_TOKEN) return HF_TOKEN;
  const home = HF_HOME || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "huggingface");
  const token = await readFile(HF_TOKEN_PATH || join(home, "token"), "utf8").catch(() => "");
  return token.trim() || undefined;
}
