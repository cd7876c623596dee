import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";
import { BROWSER_TIMEOUT, launchChromium } from "../../../../packages/client/test/chromium.ts";
import { writeAdapter } from "../adapter-file.ts";
import { type Program, startProgram } from "../server/program.ts";

/** The built program with Cria, and a browser before it. */
export interface Bench {
  readonly url: string;
  /** Opens the page as somebody who has never been there. */
  open(options?: OpenOptions): Promise<Page>;
  /** Ends the program, and starts it again at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** How to open the page. */
export interface OpenOptions extends BrowserContextOptions {
  /** What comes after the address. */
  readonly path?: string;
  /** Settings that the browser has kept. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether errors in the console are expected, as when the server is gone. */
  readonly mayFail?: boolean;
}

/**
 * Starts the program and a browser for a file of tests. After every test it is checked that the page has thrown
 * nothing, and asked nobody but this machine for anything.
 */
export function useBench(args: readonly string[] = []): () => Bench {
  let program: Program;
  let browser: Browser;
  let folder: string;
  let url: string;
  let contexts: BrowserContext[] = [];
  let faults: string[] = [];

  const start = async (port = "0"): Promise<void> => {
    const adapter = await writeAdapter(folder);
    const folders = ["--cache-dir", folder, "--adapters-folder", join(folder, "adapters")];
    const fixed = ["--port", port, "--adapter", `noise=${adapter}`, ...folders];
    program = startProgram([...fixed, ...args]);
    url = new URL(await program.url).origin;
    await vi.waitFor(
      async () => expect((await fetch(`${url}/ready`)).status).toBe(200),
      BROWSER_TIMEOUT,
    );
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "llama2-kit-page-"));
    await start();
    browser = await launchChromium();
  }, 2 * BROWSER_TIMEOUT);

  afterEach(async () => {
    for (const context of contexts) await context.close();
    contexts = [];
    const found = faults;
    faults = [];
    expect(found).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    program?.process.kill();
    await program?.ended;
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (options: OpenOptions = {}): Promise<Page> => {
    const { path = "/", settings, mayFail = false, ...more } = options;
    const context = await browser.newContext(more);
    contexts.push(context);
    await context.route(isFar, (route) => {
      faults.push(`asked for ${route.request().url()}`);
      return route.abort();
    });
    if (settings) await context.addInitScript(keepOnce(settings));
    context.on("weberror", (error) => faults.push(error.error().message));
    context.on("console", (message) => {
      if (message.type() === "error" && !mayFail) faults.push(message.text());
    });
    const page = await context.newPage();
    await page.goto(url + path);
    return page;
  };

  return () => ({
    url,
    open,
    async stop() {
      program.process.kill("SIGKILL");
      await program.ended;
    },
    start: () => start(new URL(url).port),
  });
}

function isFar({ protocol, hostname }: URL): boolean {
  return /^https?:$/.test(protocol) && !["127.0.0.1", "localhost"].includes(hostname);
}

/** Settings as the page finds them at its first start. */
function keepOnce(settings: Readonly<Record<string, unknown>>): string {
  const key = "llama2-kit.settings";
  const value = JSON.stringify(JSON.stringify(settings));
  // An empty page has no storage.
  return `if (location.host) localStorage["${key}"] ??= ${value}`;
}
