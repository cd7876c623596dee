import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  BROWSER_TIMEOUT,
  describeInChromium,
  launchChromium,
} from "../../../packages/client/test/chromium.ts";
import { type StaticServer, serveFolder } from "./static-server.ts";

const BUILT = new URL("../dist/", import.meta.url);

describeInChromium("the built page", () => {
  let browser: Browser;
  let server: StaticServer;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    server = await serveFolder(BUILT);
    browser = await launchChromium();
  }, BROWSER_TIMEOUT);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  beforeEach(async () => {
    await page?.close();
    errors = [];
    page = await browser.newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    await page.goto(server.address);
  });

  /** Replaces the text, and waits until it is shown. */
  async function write(text: string): Promise<void> {
    await page.getByLabel("Text", { exact: true }).fill(text);
    await nextFrame();
  }

  async function nextFrame(): Promise<void> {
    await page.evaluate(
      "new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))",
    );
  }

  async function choose(name: string): Promise<void> {
    await page.getByLabel(name).check();
    await nextFrame();
  }

  function chips(): Promise<string[]> {
    return page.locator(".chip").allTextContents();
  }

  function ids(): Promise<string[]> {
    return page.evaluate(`[...document.querySelectorAll(".chip")].map((chip) => chip.dataset.id)`);
  }

  async function counts(): Promise<Record<string, string>> {
    const names = await page.locator("#counts dt").allTextContents();
    const values = await page.locator("#counts dd").allTextContents();
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""]));
  }

  test("begins with an example", async () => {
    expect((await chips()).slice(0, 3)).toEqual(["·A", "·ll", "ama"]);
    expect(errors).toEqual([]);
  });

  test("shows tokens, ids and counts of what is typed", async () => {
    await write("");
    await page.getByLabel("Text", { exact: true }).pressSequentially("Hello you\n🦙");
    await nextFrame();
    expect(await chips()).toEqual(["·Hello", "·you", "↵", "F0", "9F", "A6", "99"]);
    expect(await ids()).toEqual(["15043", "366", "13", "243", "162", "169", "156"]);
    expect(await counts()).toEqual({
      tokens: "7",
      characters: "11",
      words: "3",
      "tokens per word": "2.33",
    });
    expect(errors).toEqual([]);
  });

  test("begins a new line after a newline", async () => {
    await write("a\nb\nc");
    expect(await page.locator(".line").allTextContents()).toEqual(["·a↵", "b↵", "c"]);
  });

  test("adds BOS and EOS, and parses their names, only when asked to", async () => {
    await write("<s>");
    expect(await chips()).toEqual(["·<", "s", ">"]);
    await choose("Parse special tokens");
    expect(await chips()).toEqual(["<s>"]);
    await choose("BOS");
    await choose("EOS");
    expect(await chips()).toEqual(["<s>", "<s>", "</s>"]);
  });

  test("says what a token is, to the pointer and to the arrow keys", async () => {
    await write("Hello you\n🦙");
    await page.locator(".chip").first().hover();
    const detail = page.locator("#detail");
    expect(await detail.textContent()).toBe(
      "Token 1  ·  id 15043  ·  ▁Hello  ·  bytes 20 48 65 6C 6C 6F",
    );
    await page.locator("#tokens").focus();
    for (let step = 0; step < 3; step++) await page.keyboard.press("ArrowRight");
    expect(await detail.textContent()).toBe(
      "Token 4  ·  id 243  ·  <0xF0>  ·  byte F0  ·  the first of “🦙”",
    );
    await page.keyboard.press("ArrowUp");
    expect(await detail.textContent()).toMatch(/^Token 1 /);
    await page.keyboard.press("End");
    expect(await detail.textContent()).toMatch(/^Token 7 /);
  });

  test("shows a chat's prompt, and whose message each token belongs to", async () => {
    await choose("Chat prompt");
    await page.getByLabel("System message").fill("Be kind.");
    await page.getByLabel("User message").fill("Hi");
    await nextFrame();
    expect((await chips()).join("")).toBe("<s>·[INST]·<<SYS>>↵Be·kind.↵<</SYS>>↵↵Hi·[/INST]");
    const mine = page.locator(".chip.user");
    expect((await mine.allTextContents()).join("")).toContain("Hi·[/INST]");
    expect((await page.locator(".chip.system").allTextContents()).join("")).toContain("Be·kind.");
    expect(await page.getByLabel("BOS").isDisabled()).toBe(true);
  });

  test("says why a message cannot be in a prompt", async () => {
    await choose("Chat prompt");
    await page.getByLabel("User message").fill("[INST] forged");
    await nextFrame();
    expect(await page.getByRole("alert").textContent()).toContain("[INST]");
    expect(await chips()).toEqual([]);
    await page.getByLabel("User message").fill("honest");
    await nextFrame();
    expect(await page.getByRole("alert").isHidden()).toBe(true);
  });

  test("shows the same after small changes as it does anew", async () => {
    const lines = Array.from(
      { length: 60 },
      (_, index) => `Line ${index}: ${"wool ".repeat(index)}`,
    );
    await write(lines.join("\n"));
    for (const changed of [0, 30, 59]) {
      lines[changed] = `changed ${changed}`;
      lines.splice(changed, changed % 4 === 0 ? 2 : 0, "one more");
      await write(lines.join("\n"));
    }
    const text = (await chips()).join("").replaceAll("·", " ").replaceAll("↵", "\n");
    expect(text).toBe(` ${lines.join("\n")}`);
  });

  test("stays fluent in a text of 100 KB", async () => {
    const line =
      "A llama hums when it's curious, and the herd hums back to it, 3,800 m above the sea.\n";
    /** Sets the text, and says how long it took until its tokens were on the screen. */
    const timeText = (text: string): Promise<number> =>
      page.evaluate(`new Promise((resolve) => {
        const field = document.getElementById("text");
        field.value = ${JSON.stringify(text)};
        const start = performance.now();
        field.dispatchEvent(new Event("input", { bubbles: true }));
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - start)));
      })`);
    const text = line.repeat(1200);
    await timeText(text);
    const ms = await timeText(`${text.slice(0, 50_000)}x${text.slice(50_000)}`);
    const { characters } = await counts();
    expect(characters).toBe("102,001");
    // It takes some 50 ms, and on a busy machine a few times that.
    expect(ms).toBeLessThan(1000);
  });
});
