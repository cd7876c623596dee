import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInChromium, launchChromium } from "../../../packages/client/test/chromium.ts";
import { createHandler } from "../../../packages/server/src/index.ts";
import { type RunningServer, serve } from "../../../packages/server/src/node/index.ts";
import { useCria } from "../../../packages/server/test/cria.ts";
import { type StaticServer, serveFolder } from "../../token-viewer/test/static-server.ts";

describeInChromium("the built page", () => {
  const cria = useCria();
  let page: StaticServer;
  let server: RunningServer;
  let browser: Browser;
  beforeAll(async () => {
    page = await serveFolder(new URL("../dist/", import.meta.url));
    const cors = [new URL(page.address).origin];
    server = await serve(createHandler({ models: [cria()], cors }), { port: 0 });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await page.close();
    await server.close({ deadlineMs: 0 });
  });

  test("shows an answer; and where there is no server, what is wrong", async () => {
    const tab = await browser.newPage();
    await tab.goto(page.address);
    await tab.getByLabel("Server").fill(`${server.url}/v1`);
    await tab.getByRole("button", { name: "Ask" }).click();
    const output = tab.locator("output");
    await expect.poll(() => output.textContent()).toBe("Nice to meet you, Zoe!");
    await tab.getByLabel("Server").fill("http://127.0.0.1:9/v1");
    await tab.getByRole("button", { name: "Ask" }).click();
    await expect.poll(() => output.textContent(), { timeout: 30_000 }).toContain("127.0.0.1:9");
  });
});
