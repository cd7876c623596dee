import { expect, test } from "vitest";
import { describeInChromium } from "../../../../packages/client/test/chromium.ts";
import { answers, answerText, ask, ENDLESS, finished, GREEDY, press, send } from "./chatting.ts";
import { useBench } from "./use-page.ts";

describeInChromium("a chat", () => {
  const bench = useBench();

  test("remembers a name over two turns", async () => {
    const page = await bench().open({ settings: GREEDY });
    await ask(page, "My name is Zoe.");
    expect(await ask(page, "What is my name?")).toContain("Zoe");
    await page.getByRole("status").getByText("Answer finished.").waitFor({ state: "attached" });
  });

  test("answers by its system prompt", async () => {
    const page = await bench().open({ settings: GREEDY });
    await page.getByText("System prompt", { exact: true }).click();
    await page.getByRole("button", { name: "Pirate" }).click();
    expect(await ask(page, "Hello!")).toMatch(/arr|ahoy|matey|finn|pirate/i);
    await page.reload();
    await page.getByText("You are Finn, a pirate.").first().waitFor();
  });

  test("stops mid-answer, and the server stops generating", async () => {
    const page = await bench().open({ settings: ENDLESS });
    await send(page, "Tell me a story.");
    await expect.poll(() => answerText(page).catch(() => "")).toMatch(/\w+ \w+/);
    await page.keyboard.press("Escape");
    const text = await finished(page);
    expect(text).not.toBe("");
    await page.locator(".ending", { hasText: "Stopped" }).waitFor();
    await expect.poll(() => metric("requests_in_flight")).toBe(0);
    const generated = await metric("generated_tokens_total");
    await page.waitForTimeout(500);
    expect(await metric("generated_tokens_total")).toBe(generated);
    expect(await answerText(page)).toBe(text);
  });

  test("continues an answer where it was stopped", async () => {
    const limit = { parameters: { temperature: 0, max_tokens: 8 } };
    const page = await bench().open({ settings: limit });
    const beginning = await ask(page, "Tell me a story.");
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await expect
      .poll(async () => (await answerText(page)).length)
      .toBeGreaterThan(beginning.length);
    expect(await finished(page)).toMatch(new RegExp(`^${beginning}`));
    expect(await answers(page).count()).toBe(1);
  });

  test("answers again in a branch of its own", async () => {
    const page = await bench().open();
    await ask(page, "Tell me a story.");
    await press(page, "Answer again");
    await page.getByText("2 / 2").waitFor();
    const second = await finished(page);
    await press(page, "Version before");
    await page.getByText("1 / 2").waitFor();
    await press(page, "Next version");
    expect(await answerText(page)).toBe(second);
  });

  test("edits a question, and keeps the old branch", async () => {
    const page = await bench().open({ settings: GREEDY });
    await ask(page, "My name is Zoe.");
    await ask(page, "What is my name?");
    const first = page.locator(".message.user").first();
    await first.hover();
    await first.getByRole("button", { name: "Edit and send again" }).click();
    await page.getByLabel("Your message").fill("My name is Tom.");
    await page.keyboard.press("Enter");
    await page.getByText("2 / 2").waitFor();
    expect(await finished(page)).toContain("Tom");
    expect(await ask(page, "What is my name?")).toContain("Tom");
    await first.hover();
    await first.getByRole("button", { name: "Version before" }).click();
    expect(await answerText(page)).toContain("Zoe");
    expect(await answers(page).count()).toBe(2);
  });

  test("is there again after a reload, and is found by a search", async () => {
    const page = await bench().open({ settings: GREEDY });
    const answer = await ask(page, "My name is Zoe.");
    expect(page.url()).toMatch(/#\/chat\/\w{16}$/);
    await page.reload();
    await answers(page).waitFor();
    expect(await answerText(page)).toBe(answer);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("no such words");
    await page.getByText("Nothing is found.").waitFor();
    await page.getByLabel("Search the conversations").fill("is zoe");
    await page
      .getByRole("list", { name: "Results" })
      .getByText("My name is Zoe.")
      .first()
      .waitFor();
  });

  test("deletes from a message on, and takes that back", async () => {
    const page = await bench().open({ settings: GREEDY });
    await ask(page, "My name is Zoe.");
    await ask(page, "What is my name?");
    const second = page.locator(".message.user").last();
    await second.hover();
    await second.getByRole("button", { name: "Delete from here" }).click();
    expect(await page.locator(".message").count()).toBe(2);
    await page.getByRole("button", { name: "Undo" }).click();
    expect(await page.locator(".message").count()).toBe(4);
    await page.reload();
    await answers(page).nth(1).waitFor();
  });

  test("warns of messages that no longer fit, and leaves them out", async () => {
    const page = await bench().open({ settings: GREEDY });
    const long = "The cat and the dog go to the house. ".repeat(9);
    for (const name of ["Zoe", "Tom", "Max", "Eva"]) await ask(page, `My name is ${name}. ${long}`);
    await page.getByText("oldest messages will be left out.").waitFor();
    expect(await page.locator(".message.dropped").count()).toBeGreaterThan(1);
    await ask(page, "What is my name?");
    await press(page, "Show the prompt and the tokens");
    await page.getByText("oldest messages did not fit").waitFor();
  });

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${bench().url}/metrics`)).text();
    const lines = text.split("\n").filter((line) => line.startsWith(`llama2_kit_${name}`));
    return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  }
});
