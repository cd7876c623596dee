import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInChromium } from "../../../../packages/client/test/chromium.ts";
import { answers, ask, GREEDY } from "./chatting.ts";
import { useBench } from "./use-page.ts";

/** Changes what the browser keeps, in a way in which the page never would. */
function damage(page: Page, store: string, change: string): Promise<unknown> {
  return page.evaluate(`new Promise((resolve) => {
    indexedDB.open("llama2-kit.web-chat").onsuccess = ({ target }) => {
      const transaction = target.result.transaction("${store}", "readwrite");
      transaction.oncomplete = resolve;
      const store = transaction.objectStore("${store}");
      store.getAll().onsuccess = ({ target }) => {
        for (const it of target.result) { ${change}; store.put(it); }
      };
    };
  })`);
}

describeInChromium("a damaged conversation", () => {
  const bench = useBench();

  async function begin(): Promise<Page> {
    const page = await bench().open({ settings: GREEDY, mayFail: true });
    await ask(page, "My name is Zoe.");
    return page;
  }

  test("says so, and is exported as it is, deleted, and brought back", async () => {
    const page = await begin();
    await damage(page, "messages", "it.content = 5");
    await page.reload();
    await page.getByRole("heading", { name: "This conversation cannot be read" }).waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export it as it is" }).click();
    const saved = JSON.parse(await readFile(await (await download).path(), "utf8"));
    expect(saved.conversation.title).toBe("My name is Zoe.");
    expect(saved.messages.map(({ content }: { content: number }) => content)).toEqual([5, 5]);
    await page.getByRole("button", { name: "Delete it" }).click();
    await page.getByText("What would you like to know?").waitFor();
    expect(await page.locator(".conversation").count()).toBe(0);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.locator(".conversation").waitFor();
    await ask(page, "My name is Tom.");
  });

  test("that the browser does not hand out says so as well", async () => {
    const page = await begin();
    const address = page.url();
    await page.addInitScript(`IDBIndex.prototype.getAll = () => { throw new Error("No disk.") }`);
    await page.reload();
    await page.getByText("No disk.").waitFor();
    await page.getByRole("button", { name: "Export it as it is" }).click();
    await page.getByRole("status", { name: "Notes" }).getByText("No disk.").waitFor();
    await page.getByRole("link", { name: "New chat" }).click();
    expect(page.url()).not.toBe(address);
    await ask(page, "My name is Tom.");
  });

  test("leaves the list, the search and the others as they are", async () => {
    const page = await begin();
    await damage(page, "messages", "it.content = null");
    await damage(page, "conversations", "it.title = null; delete it.updated");
    await page.goto(bench().url);
    await page.reload();
    await page.getByRole("link", { name: "Untitled" }).waitFor();
    await ask(page, "What does a cow say?");
    await page.getByLabel("Search the conversations").fill("cow");
    await page
      .getByRole("list", { name: "Results" })
      .getByText("What does a cow say?")
      .first()
      .waitFor();
    expect(await answers(page).count()).toBe(1);
    await page.getByRole("button", { name: "Import and export" }).click();
    await page.getByRole("menuitem", { name: "Export all as ShareGPT" }).click();
    await page
      .getByRole("status", { name: "Notes" })
      .getByText(/is null/)
      .waitFor();
  });
});
