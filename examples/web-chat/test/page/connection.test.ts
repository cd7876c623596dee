import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInChromium } from "../../../../packages/client/test/chromium.ts";
import { answers, answerText, ask, ENDLESS, finished, GREEDY, send } from "./chatting.ts";
import { useBench } from "./use-page.ts";

describeInChromium("the connection", () => {
  const bench = useBench();

  test("that is lost mid-answer loses no text, and is taken up again", async () => {
    const page = await bench().open({ settings: ENDLESS, mayFail: true });
    await send(page, "Tell me a story.");
    await expect.poll(() => answerText(page).catch(() => "")).toMatch(/\w+ \w+/);
    await bench().stop();
    await page.getByText("Not connected to the server.").waitFor();
    const text = await finished(page);
    expect(text).not.toBe("");
    await page.getByRole("region", { name: "Problem" }).waitFor();
    await bench().start();
    await page.getByText("Not connected to the server.").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Continue the answer" }).first().click();
    await expect.poll(async () => (await answerText(page)).length).toBeGreaterThan(text.length);
    await page.keyboard.press("Escape");
    expect((await finished(page)).startsWith(text)).toBe(true);
  });

  test("that is not there when a question is asked keeps the question", async () => {
    const page = await bench().open({ settings: GREEDY, mayFail: true });
    await page.getByText("This is Cria").waitFor();
    await bench().stop();
    await send(page, "My name is Zoe.");
    await page.getByRole("heading", { name: "The server cannot be reached" }).waitFor();
    await bench().start();
    await page.getByRole("button", { name: "Try again" }).click();
    await answers(page).waitFor();
    expect(await finished(page)).toContain("Zoe");
  });

  test("may be closed mid-answer: a reload finds the text that had come", async () => {
    const page = await bench().open({ settings: ENDLESS });
    await send(page, "Tell me a story.");
    await expect.poll(() => answerText(page).catch(() => "")).toMatch(/\w+ \w+ \w+/);
    const text = await answerText(page);
    await page.reload();
    await answers(page).waitFor();
    expect((await answerText(page)).startsWith(text)).toBe(true);
    await page.getByText("Interrupted").waitFor();
  });

  test("of two tabs stays in step", async () => {
    const page = await bench().open({ settings: GREEDY });
    await ask(page, "My name is Zoe.");
    const other = await page.context().newPage();
    await other.goto(page.url());
    await answers(other).waitFor();
    await ask(other, "What is my name?");
    await answers(page).nth(1).waitFor();
    await expect.poll(() => answerText(page)).toContain("Zoe");
    // Both write to it at once, and neither loses what the other has written.
    await Promise.all([ask(page, "What is 2 plus 2?"), ask(other, "What does a cow say?")]);
    await page.reload();
    await expect.poll(() => page.locator(".conversation").count()).toBe(1);
    const kept = await page.evaluate(`new Promise((resolve) => {
      indexedDB.open("llama2-kit.web-chat").onsuccess = ({ target }) => {
        const store = target.result.transaction("messages").objectStore("messages");
        store.count().onsuccess = ({ target }) => resolve(target.result);
      };
    })`);
    expect(kept).toBe(8);
  });
});

/** Headless, all tabs are seen: so each is told when it would be hidden, and when it is shown again. */
function setShown(page: Page, state: "visible" | "hidden"): Promise<unknown> {
  return page.evaluate(`
    Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  `);
}

describeInChromium("many tabs", () => {
  const bench = useBench();

  test("do not take the connections from each other: the one that is seen knows and answers", async () => {
    const first = await bench().open({ settings: GREEDY });
    const pages = [first];
    while (pages.length < 8) {
      await setShown(pages.at(-1) as Page, "hidden");
      const page = await first.context().newPage();
      pages.push(page);
      await page.goto(bench().url);
      await page.getByText("This is Cria").waitFor();
    }
    const last = pages[7] as Page;
    expect(await ask(last, "My name is Zoe.")).toContain("Zoe");
    await fetch(`${bench().url}/app/model`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "cria", contextSize: 256 }),
    });
    await last.getByText("/ 256 tokens").waitFor();
    // One that was hidden meanwhile catches up when it is seen again.
    const hidden = pages[3] as Page;
    await hidden.getByText("/ 512 tokens").waitFor();
    await setShown(hidden, "visible");
    await hidden.getByText("/ 256 tokens").waitFor();
  });
});

describeInChromium("a server with a key", () => {
  const bench = useBench(["--api-key", "secret-key"]);

  test("asks for it, and keeps it in the browser", async () => {
    const page = await bench().open({ settings: GREEDY, mayFail: true });
    await page.getByRole("dialog").getByLabel("Key").fill("wrong");
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("The server asks for a key.").waitFor();
    await page.getByRole("dialog").getByLabel("Key").fill("secret-key");
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("This is Cria").waitFor();
    expect(await ask(page, "My name is Zoe.")).toContain("Zoe");
    await page.reload();
    await page.getByText("The server asks for a key.").waitFor({ state: "detached" });
  });

  test("takes it from the address, where it does not stay", async () => {
    const page = await bench().open({ path: "/#key=secret-key" });
    await page.getByText("This is Cria").waitFor();
    expect(page.url()).not.toContain("secret");
    expect(await page.evaluate("history.length")).toBeLessThanOrEqual(2);
  });
});
