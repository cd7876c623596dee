import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describeInChromium } from "../../../../packages/client/test/chromium.ts";
import { ask, GREEDY, press } from "./chatting.ts";
import { useBench } from "./use-page.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds serious or critical, a line each. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(`axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + " " + target + " " + failureSummary)))`);
}

describeInChromium("accessibility", () => {
  const bench = useBench();

  test.each(["light", "dark"] as const)("of every view, %s", async (colorScheme) => {
    const page = await bench().open({ colorScheme, settings: GREEDY });
    await page.getByText("This is Cria").waitFor();
    expect(await findings(page)).toEqual([]);
    await ask(page, "My name is Zoe.");
    await ask(page, "What is my name?");
    expect(await findings(page)).toEqual([]);
    await press(page, "Show the prompt and the tokens");
    await page.getByRole("listbox", { name: "Tokens of the prompt" }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.getByRole("button", { name: "Parameters", exact: true }).click();
    await page.evaluate(
      `document.querySelectorAll(".group").forEach((group) => { group.open = true })`,
    );
    expect(await findings(page)).toEqual([]);
    await page.getByRole("button", { name: /^Actions for/ }).click();
    expect(await findings(page)).toEqual([]);
    for (const view of ["notebook", "model", "training", "connect"]) {
      await page.goto(`${bench().url}/#/${view}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect(await findings(page)).toEqual([]);
    }
    await page.locator("main").focus();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    expect(await findings(page)).toEqual([]);
  });

  test("by keyboard: a dialog and a menu give the focus back", async () => {
    const page = await bench().open();
    const help = page.getByRole("button", { name: "Keyboard shortcuts" });
    await help.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.evaluate("document.activeElement.ariaLabel")).toBe("Keyboard shortcuts");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("menu").waitFor();
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Import conversations");
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Export all as JSON");
    await page.keyboard.press("Escape");
    expect(await page.evaluate("document.activeElement.ariaLabel")).toBe("Import and export");
  });

  test("at 360 pixels: the menu is a drawer, and nothing is wider than the page", async () => {
    const page = await bench().open({ viewport: { width: 360, height: 740 }, settings: GREEDY });
    await ask(page, "My name is Zoe.");
    const isNarrow = "document.documentElement.scrollWidth <= innerWidth";
    for (const view of ["notebook", "model", "training", "connect"]) {
      await page.getByRole("button", { name: "Menu and conversations" }).click();
      await page.locator(`.sidebar a[href="#/${view}"]`).click();
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect(await page.evaluate(isNarrow)).toBe(true);
      await page.locator(".sidebar").waitFor({ state: "hidden" });
    }
  });
});
