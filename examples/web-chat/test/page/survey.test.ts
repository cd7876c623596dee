import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { describeInChromium } from "../../../../packages/client/test/chromium.ts";
import { LESSON, QUICKLY } from "../lesson.ts";
import { useDownloads } from "../server/slow-download.ts";
import { answerText, ask, GREEDY, press, send } from "./chatting.ts";
import { RIGHT_KEY, useStandIn } from "./stand-in.ts";
import { useBench } from "./use-page.ts";

/** Where pictures are written: people look at them. Without a folder this takes none, and is skipped. */
const { SCREENSHOTS = "" } = process.env;

const WIDTHS = [
  { width: 360, height: 740 },
  { width: 768, height: 1024 },
  { width: 1280, height: 800 },
];

/** The frames that something in them is wider than. */
const TOO_WIDE = `[...document.querySelectorAll("html, .scroller, .card, .column, .dialog-body")]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  .map(({ className, tagName }) => tagName + "." + className)`;

/** Pictures take their time. */
const TIME = { timeout: 300_000 };

const MARKDOWN = `# A title
Some *words*, \`code\`, and [a link](https://example.com/).

\`\`\`js
${"const aVeryLongName = await somethingThatIsAwaited(withAnArgument, andAnother); ".repeat(3)}
${"line();\n".repeat(12)}\`\`\`

${"Donaudampfschifffahrtsgesellschaft".repeat(12)}

| name | ${"a wide column | ".repeat(12)}
|---|${"---|".repeat(12)}
| row | ${"with some text | ".repeat(12)}

1. one
   - inner
   - inner
2. two

> A quote.`;

/** Pictures of every view and state, at three widths and in both themes. Nothing may be wider than the page. */
(SCREENSHOTS === "" ? describe.skip : describeInChromium)("the looks", () => {
  const bench = useBench();
  const standIn = useStandIn("*");
  const downloads = useDownloads();
  const wide = { viewport: WIDTHS[2] as (typeof WIDTHS)[0], settings: GREEDY };

  async function look(page: Page, name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    for (const viewport of WIDTHS) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await page.waitForTimeout(250);
        const file = `${name}-${viewport.width}-${colorScheme}.png`;
        await page.screenshot({ path: join(SCREENSHOTS, file) });
      }
      expect(await page.evaluate(TOO_WIDE), `${name} at ${viewport.width}`).toEqual([]);
    }
    await page.setViewportSize(wide.viewport);
  }

  async function importInto(page: Page, ...texts: (readonly string[])[]): Promise<void> {
    const rows = texts.map((values) => ({
      conversations: values.map((value, at) => ({ from: at % 2 ? "gpt" : "human", value })),
    }));
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Import and export" }).click();
    await page.getByRole("menuitem", { name: "Import conversations" }).click();
    const buffer = Buffer.from(JSON.stringify(rows));
    await (await chooser).setFiles({ name: "a.json", mimeType: "application/json", buffer });
    await page
      .locator(".conversation")
      .nth(texts.length - 1)
      .waitFor();
  }

  test("of a chat", TIME, async () => {
    const page = await bench().open(wide);
    await page.getByText("This is Cria").waitFor();
    await look(page, "empty");
    await page.getByText("System prompt", { exact: true }).click();
    await page.getByRole("button", { name: "Pirate" }).click();
    await look(page, "system-prompt");
    await page.getByText("System prompt", { exact: true }).click();
    await ask(page, "My name is Zoe.");
    await ask(page, "What is my name?");
    await ask(page, "Tell me a story.");
    await look(page, "conversation");
    const second = page.locator(".message.user").nth(1);
    await second.hover();
    await second.getByRole("button", { name: "Edit and send again" }).click();
    await look(page, "editing");
    await page.keyboard.press("Enter");
    await page.getByText("2 / 2").waitFor();
    await page.getByRole("button", { name: /^Actions for/ }).click();
    await look(page, "menu");
    await page.keyboard.press("Escape");
    await press(page, "Show the prompt and the tokens");
    await page.locator(".token.graded").nth(3).hover();
    await look(page, "prompt-view");
    await page.getByRole("button", { name: "Text", exact: true }).click();
    await look(page, "prompt-text");
    await page.getByRole("button", { name: "Parameters", exact: true }).click();
    await page.getByLabel("Temperature", { exact: true }).fill("9");
    await look(page, "parameters");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.locator("main").focus();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await look(page, "help");
    await page.keyboard.press("Escape");
    await page.setViewportSize(WIDTHS[0] as (typeof WIDTHS)[0]);
    await page.getByRole("button", { name: "Menu and conversations" }).click();
    await look(page, "drawer");
    await page.setViewportSize(wide.viewport);
    await page.getByLabel("Search the conversations").fill("zoe");
    await page.getByRole("list", { name: "Results" }).getByRole("link").first().waitFor();
    await look(page, "search");
    await page.getByLabel("Search the conversations").fill("");
    await page.getByRole("button", { name: /^Actions for/ }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByText("Conversation deleted.").waitFor();
    await look(page, "deleted");
  });

  test("by touch", TIME, async () => {
    const page = await bench().open({ ...wide, hasTouch: true, isMobile: true });
    await ask(page, "My name is Zoe.");
    await ask(page, "What is my name?");
    await look(page, "touch");
  });

  test("of what does not go well", TIME, async () => {
    const page = await bench().open({ ...wide, mayFail: true });
    await page.getByText("This is Cria").waitFor();
    await ask(page, "My name is Zoe.");
    await page.route("**/v1/**", (route) => route.fulfill({ status: 503, body: "" }));
    await send(page, "What is my name?");
    await page.getByRole("region", { name: "Problem" }).waitFor();
    await look(page, "problem");
    await bench().stop();
    await page.getByText("Not connected to the server.").waitFor();
    await look(page, "offline");
    await bench().start();
    await page.unrouteAll();
    await page.route("**/app/**", (route) => route.fulfill({ status: 401, body: "{}" }));
    await page.reload();
    await page.getByRole("dialog").waitFor();
    await look(page, "key");
    await page.goto(`${bench().url}/#/chat/nowhere`);
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await page.getByText("is not here").waitFor();
    await look(page, "missing");
  });

  test("of what is long", TIME, async () => {
    const page = await bench().open(wide);
    const text = "The cat and the dog go to the house. ".repeat(9);
    const names = ["Zoe", "Tom", "Max", "Eva"].flatMap((name) => [`I am ${name}. ${text}`, "Yes."]);
    await importInto(page, ["Show me all.", MARKDOWN], names);
    await page.getByRole("link", { name: "I am Zoe" }).click();
    await page.getByText("oldest messages will be left out.").waitFor();
    await page.locator(".dropped-note").scrollIntoViewIfNeeded();
    await look(page, "dropped");
    await page.getByRole("link", { name: "Show me all." }).click();
    await page.getByRole("heading", { name: "A title" }).waitFor();
    await look(page, "markdown-end");
    await page.evaluate('document.querySelector(".scroller").scrollTop = 0');
    await look(page, "markdown");
  });

  test("of an answer under way", TIME, async () => {
    const server = { baseUrl: `${standIn().url}/v1`, key: RIGHT_KEY, model: "slow" };
    const page = await bench().open({ ...wide, settings: { server } });
    await send(page, "Say it again.");
    await expect.poll(() => answerText(page).catch(() => "")).toContain("ours");
    await look(page, "mid-stream");
    await page.keyboard.press("Escape");
    await page.locator(".ending", { hasText: "Stopped" }).waitFor();
    await look(page, "stopped");
    await press(page, "Show the prompt and the tokens");
    await page.getByText("lays out the prompt by its own template").waitFor();
    await look(page, "prompt-view-foreign");
  });

  test("of the other views", TIME, async () => {
    const page = await bench().open({ ...wide, mayFail: true });
    await page.goto(`${bench().url}/#/notebook`);
    await page.getByRole("heading", { name: "Notebook" }).waitFor();
    await look(page, "notebook-empty");
    await page.getByLabel("Text", { exact: true }).fill("Once upon a time there was a");
    await page.getByRole("button", { name: "Continue the text" }).click();
    await page.getByText("tokens/s").waitFor();
    await look(page, "notebook");
    await page.goto(`${bench().url}/#/connect`);
    await look(page, "connect");
    await page.getByLabel("Base URL").fill(standIn().url);
    await page.getByRole("button", { name: "Test the connection" }).click();
    await page.getByText("refuses this key").waitFor();
    await look(page, "connect-key");
    await page.getByLabel("Key, if it asks for one").fill(RIGHT_KEY);
    await page.getByRole("button", { name: "Test the connection" }).click();
    await page.getByText("It has 4 models").waitFor();
    await look(page, "connect-models");
    await page.goto(`${bench().url}/#/model`);
    await page.getByRole("button", { name: "Measure" }).click();
    await page.getByText("tokens/s generated").waitFor();
    await page.evaluate('document.querySelector(".scroller").scrollTop = 0');
    await look(page, "model");
    await page.evaluate('document.querySelector(".scroller").scrollTop = 9999');
    await look(page, "model-end");
    await page.getByPlaceholder("hf:user").fill(`${downloads()}/slow/cria.gguf`);
    await page.getByRole("button", { name: "Load", exact: true }).click();
    await page.getByText(/^[\d.]+ MB of [\d.]+ MB$/).waitFor();
    await look(page, "model-loading");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByPlaceholder("hf:user").fill("/no/such/file.gguf");
    await page.getByRole("button", { name: "Load", exact: true }).click();
    await page.getByText("could not be loaded.").waitFor();
    await look(page, "model-failed");
  });

  test("of a training", TIME, async () => {
    const page = await bench().open({ ...wide, path: "/#/training" });
    await page.getByRole("button", { name: "Teach" }).waitFor();
    await look(page, "training");
    const buffer = Buffer.from(`${LESSON}\n{"prompt":"Hi"}`);
    const file = { name: "rows.jsonl", mimeType: "application/jsonl", buffer };
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByLabel(/^Name of the adapter/).fill("animals");
    await page.getByLabel("Epochs").fill("10000");
    await page.getByLabel("Rank").fill(String(QUICKLY.rank));
    await page.getByRole("button", { name: "Teach" }).click();
    await page.getByText(/^Step [3-9]\d of/).waitFor();
    await look(page, "training-running");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("heading", { name: "Stopped: animals" }).waitFor();
    await page.getByLabel("Epochs").fill(String(QUICKLY.epochs));
    await page.getByLabel("Learning rate").fill(String(QUICKLY.learningRate));
    await page.getByRole("button", { name: "Teach" }).click();
    await page.getByRole("button", { name: "Switch it on" }).waitFor({ timeout: 50_000 });
    await look(page, "training-done");
    await page.getByRole("button", { name: "Switch it on" }).click();
    await page.goto(`${bench().url}/#/model`);
    await page.getByText("animals").first().scrollIntoViewIfNeeded();
    await look(page, "model-adapters");
  });
});
