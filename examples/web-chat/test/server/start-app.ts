import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningServer, type ServeOptions, serve } from "@llama2-kit/server/node";
import { afterAll, beforeAll, expect, vi } from "vitest";
import { createApp } from "../../server/create-app.ts";
import { ModelHolder } from "../../server/model-holder.ts";
import type { Machine } from "../../server/options.ts";
import { PageFiles } from "../../server/page-files.ts";
import { TrainingHolder } from "../../server/training-holder.ts";
import type { AppState, LoadRequest } from "../../src/app-api.ts";

/** The app as it runs, in this process, with Cria and a page of two files. */
export interface TestApp {
  readonly folder: string;
  readonly url: string;
  readonly server: RunningServer;
  readonly holder: ModelHolder;
}

/** On the CPU with one thread, as tests must. */
export const MACHINE: Machine = {
  contextSize: undefined,
  sequences: 2,
  gpu: false,
  threads: 1,
  cacheDir: undefined,
  adaptersFolder: "no such folder",
};

/** Starts the app for a file of tests. */
export function useApp(apiKeys: readonly string[] = [], options: ServeOptions = {}): () => TestApp {
  let app: TestApp;
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "llama2-kit-web-chat-"));
    writePage(join(folder, "page"));
    const adaptersFolder = join(folder, "adapters");
    const holder = new ModelHolder({ ...MACHINE, cacheDir: folder, adaptersFolder }, apiKeys);
    const trainings = new TrainingHolder(holder, adaptersFolder);
    const page = new PageFiles(join(folder, "page"));
    const handler = createApp({ holder, trainings, page, apiKeys, version: "1.2.3" });
    const server = await serve(handler, { port: 0, ...options });
    app = { folder, url: server.url, server, holder };
    holder.load({ model: "cria" });
    await whenReady(holder);
  });
  afterAll(async () => {
    await app.server.close({ deadlineMs: 0 });
    await app.holder.dispose();
    rmSync(app.folder, { recursive: true });
  });
  return () => app;
}

function writePage(folder: string): void {
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>Page</title>");
  writeFileSync(join(folder, "assets", "main-abc.js"), "console.log(1);\n");
}

/** Waits for a model that answers, and for none that is being loaded. */
export function whenReady(holder: ModelHolder): Promise<void> {
  return vi.waitFor(() => expect(holder.state.status).toBe("ready"), 30_000);
}

/** Brings Cria back, whatever a test has done. */
export async function reset({ holder }: TestApp, request: LoadRequest = { model: "cria" }) {
  holder.load(request);
  await whenReady(holder);
}

/** Asks with JSON. */
export function send(
  { url }: TestApp,
  method: string,
  path: string,
  body?: unknown,
  init: { headers?: Record<string, string>; signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${url}${path}`, {
    method,
    headers: { "content-type": "application/json", ...init.headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(init.signal && { signal: init.signal }),
  });
}

/** A chat whose answer is known. */
export const CHAT = {
  messages: [{ role: "user", content: "My name is Zoe." }],
  temperature: 0,
};

/** The answer to a chat. */
export async function chat(app: TestApp, more: object = {}): Promise<string> {
  const response = await send(app, "POST", "/v1/chat/completions", { ...CHAT, ...more });
  expect(response.status).toBe(200);
  return (await response.json()).choices[0].message.content;
}

/** The events of a stream, as they come. */
export async function* eventsOf<Event = AppState>(response: Response): AsyncGenerator<Event> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) if (block.startsWith("data: ")) yield JSON.parse(block.slice(6));
  }
}
