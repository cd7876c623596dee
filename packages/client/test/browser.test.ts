// The scenarios in a browser: its fetch and its streams are other ones than Node's.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BROWSER_TIMEOUT, describeInChromium, launchChromium } from "./chromium.ts";
import { ScenarioServer } from "./scenario-server.ts";
import { bodies, type Outcome, servers, TEXT } from "./scenarios.ts";

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("in-browser.ts", import.meta.url))],
    bundle: true,
    write: false,
    platform: "browser",
    target: "es2022",
    format: "iife",
    globalName: "kit",
    conditions: ["@llama2-kit/source"],
  });
  return outputFiles[0]?.text ?? "";
}

describeInChromium("the client", () => {
  const server = new ScenarioServer();
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];

  beforeAll(async () => {
    await server.start();
    const script = await bundle();
    browser = await launchChromium();
    page = await browser.newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(server.url("page"));
    await page.addScriptTag({ content: script });
  }, BROWSER_TIMEOUT);

  afterAll(async () => {
    await browser?.close();
    await server.stop();
  });

  /** A string, because functions would be rewritten for Node on their way. */
  function chat(baseUrl: string, create = "createClient"): Promise<Outcome> {
    const timeouts = { connectMs: 2_000, idleMs: 2_000 };
    const options = { baseUrl, timeouts, retries: { attempts: 2, firstDelayMs: 1 } };
    return page.evaluate(
      `kit.outcomeOf(kit.${create}(${JSON.stringify(options)}).chat([{ role: "user", content: "hi" }]))`,
    );
  }

  test.each(Object.entries({ ...bodies, ...servers }))("%s", async (name, { outcome }) => {
    expect(await chat(server.url(name))).toEqual(outcome);
  });

  test("the small client", async () => {
    for (const name of ["lf", "crlf_drip", "trunc", "err_data"]) {
      const outcome = (bodies[name] ?? servers[name])?.outcome;
      expect(await chat(server.url(`${name}~small`), "createSmallClient")).toEqual(outcome);
    }
  });

  test("a path of the page's own server will do as an address", async () => {
    expect(await chat("/lf~path/v1")).toEqual({ finishReason: "stop", text: TEXT });
  });

  test("leaving the loop closes the connection", async () => {
    const { href } = new URL(server.url("slow~break"));
    await page.evaluate(`(async () => {
      const stream = kit.createClient({ baseUrl: ${JSON.stringify(href)} }).chat([{ role: "user", content: "hi" }]);
      for await (const piece of stream.textStream()) if (piece) break;
    })()`);
    await expect.poll(() => server.visitsOf("slow~break").cut).toBe(1);
  });

  test("throws nothing besides", () => {
    expect(errors).toEqual([]);
  });
});
