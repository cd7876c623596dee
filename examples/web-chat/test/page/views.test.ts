import { expect, test } from "vitest";
import { describeInChromium } from "../../../../packages/client/test/chromium.ts";
import { useDownloads } from "../server/slow-download.ts";
import { answerText, ask, finished, GREEDY, press } from "./chatting.ts";
import { useBench } from "./use-page.ts";

describeInChromium("the views", () => {
  const bench = useBench();
  const downloads = useDownloads();

  test("parameters change the request, and are kept", async () => {
    const page = await bench().open();
    await page.getByRole("button", { name: "Parameters", exact: true }).click();
    await page.getByRole("button", { name: /^Creative/ }).click();
    await page.getByLabel("Most tokens", { exact: true }).fill("5");
    await page.getByLabel("Seed", { exact: true }).fill("42");
    await page.getByLabel("Stop strings").fill("END\\n");
    const request = page.waitForRequest("**/v1/chat/completions");
    await ask(page, "Tell me a story.");
    expect((await request).postDataJSON()).toMatchObject({
      temperature: 1,
      min_p: 0.05,
      max_tokens: 5,
      seed: 42,
      stop: ["END\n"],
    });
    await page.getByText("Ended at the token limit").waitFor();
    await page.getByRole("button", { name: "seed 42" }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Custom" }).waitFor();
    await page.getByRole("button", { name: "Custom" }).click();
    await page.getByRole("button", { name: "Reset all" }).click();
    await page.getByRole("button", { name: "Balanced" }).first().waitFor();
  });

  test("a seed repeats an answer", async () => {
    const page = await bench().open();
    const first = await ask(page, "Tell me a story.");
    await page.getByRole("button", { name: /^seed/ }).click();
    await press(page, "Answer again");
    await page.getByText("2 / 2").waitFor();
    expect(await finished(page)).toBe(first);
  });

  test("the prompt view shows what the model read, and how sure it was", async () => {
    const page = await bench().open({ settings: GREEDY });
    await ask(page, "My name is Zoe.");
    await ask(page, "What is my name?");
    await press(page, "Show the prompt and the tokens");
    const prompt = page.getByRole("listbox", { name: "Tokens of the prompt" });
    await prompt.waitFor();
    const texts = await prompt.locator(".token-text").allTextContents();
    expect(texts.slice(0, 5)).toEqual(["<s>", "·[", "INST", "]", "·My"]);
    expect(await prompt.locator(".token.special").count()).toBe(3);
    expect(await prompt.locator(".token.cached").count()).toBeGreaterThan(8);
    await page.getByRole("button", { name: "Text", exact: true }).click();
    const text = await page.locator(".prompt-text").textContent();
    expect(text).toMatch(/^<s>\[INST\] My name is Zoe\. \[\/INST\] .* <\/s><s>\[INST\] What/);
    const answer = page.getByRole("listbox", { name: "Tokens of the answer" });
    await answer.focus();
    await page.keyboard.press("ArrowRight");
    await page.getByText(/^Token 1 · id \d+ · /).waitFor();
    expect(await page.locator(".alternatives li").count()).toBeGreaterThanOrEqual(5);
    const whole = (await answer.locator(".token-text").allTextContents()).join("");
    expect(whole.replaceAll("·", " ").trim()).toBe(await answerText(page));
  });

  test("an adapter changes the answer, and is switched off again", async () => {
    const page = await bench().open({ settings: GREEDY });
    const plain = await ask(page, "My name is Zoe.");
    await page.goto(`${bench().url}/#/model`);
    await page.getByLabel(/^noise/).check();
    await page.goto(`${bench().url}/#/chat`);
    const changed = await ask(page, "My name is Zoe.");
    expect(changed).not.toBe(plain);
    await page.goto(`${bench().url}/#/model`);
    await page.getByLabel(/^noise/).uncheck();
    await page.goto(`${bench().url}/#/chat`);
    expect(await ask(page, "My name is Zoe.")).toBe(plain);
  });

  test("the model view says what cannot be loaded, and the old one goes on answering", async () => {
    const page = await bench().open({ path: "/#/model", settings: GREEDY, mayFail: true });
    await page.getByLabel("Path on the server, or hf: address").fill("/no/such/file.gguf");
    await page.getByRole("button", { name: "Load", exact: true }).click();
    await page.getByText("/no/such/file.gguf could not be loaded.").waitFor();
    await page.getByRole("button", { name: "Measure" }).click();
    await page.getByText("tokens/s generated").waitFor();
    await page.goto(`${bench().url}/#/chat`);
    expect(await ask(page, "My name is Zoe.")).toContain("Zoe");
    await page.goto(`${bench().url}/#/model`);
    await page.getByRole("button", { name: "Cria (comes with the app)" }).click();
    await page.getByRole("button", { name: "Load", exact: true }).click();
    await page.getByText("could not be loaded").waitFor({ state: "detached" });
  });

  test("another model is downloaded with progress, which can be ended", async () => {
    const page = await bench().open({ path: "/#/model" });
    await page.getByPlaceholder("hf:user").fill(`${downloads()}/slow/cria.gguf`);
    await page.getByRole("button", { name: "Load", exact: true }).click();
    await page.getByText(/^[\d.]+ MB of [\d.]+ MB$/).waitFor();
    const progress = page.getByRole("progressbar", { name: "Downloading" });
    const fraction = Number(await progress.getAttribute("value"));
    expect(fraction).toBeGreaterThan(0);
    expect(fraction).toBeLessThan(1);
    await page.getByText("goes on answering meanwhile").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await progress.waitFor({ state: "detached" });
    expect(await page.getByText("could not be loaded").count()).toBe(0);
    await page.getByRole("heading", { name: "cria", exact: true }).waitFor();
  });

  test("the notebook goes on with a text, and takes that back", async () => {
    const page = await bench().open({ path: "/#/notebook", settings: GREEDY });
    const field = page.getByLabel("Text", { exact: true });
    await field.fill("My name is Zoe.");
    await page.getByLabel("Put the text into").selectOption("Llama 2 Chat");
    expect(await field.inputValue()).toBe("[INST] My name is Zoe. [/INST]");
    await page.keyboard.press("Tab");
    await field.focus();
    await page.keyboard.press("Control+Enter");
    await expect.poll(() => field.inputValue()).toMatch(/\[\/INST\].*Zoe/);
    await page.getByRole("button", { name: "Continue the text" }).waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    expect(await field.inputValue()).toBe("[INST] My name is Zoe. [/INST]");
    await page.getByRole("button", { name: "Undo" }).click();
    expect(await field.inputValue()).toBe("My name is Zoe.");
  });

  test("another server of OpenAI's protocol is tried, used and left again", async () => {
    const page = await bench().open({ path: "/#/connect", settings: GREEDY, mayFail: true });
    await page.getByLabel("Base URL").fill("http://127.0.0.1:9");
    await page.getByRole("button", { name: "Test the connection" }).click();
    await page.getByText("It cannot be reached.").waitFor();
    // The app's own server speaks the protocol as well as any.
    await page.getByLabel("Base URL").fill(bench().url);
    await page.getByRole("button", { name: "Test the connection" }).click();
    await page.getByText(/^Connected\. It has/).waitFor();
    await page.getByRole("button", { name: "Use this server" }).last().click();
    await page.goto(`${bench().url}/#/chat`);
    await page.locator(".model-note", { hasText: "other server" }).waitFor();
    expect(await ask(page, "My name is Zoe.")).toContain("Zoe");
    await press(page, "Show the prompt and the tokens");
    await page.getByText("Another server lays out the prompt by its own template").waitFor();
    expect(await page.locator(".prompt-text").textContent()).toBe(
      "<s>[INST] My name is Zoe. [/INST]",
    );
    await page.goto(`${bench().url}/#/connect`);
    await page.getByRole("button", { name: "Use this server" }).first().click();
    await page.locator(".model-note").waitFor({ state: "detached" });
  });

  test("conversations are exported, and imported again", async () => {
    const page = await bench().open({ settings: GREEDY });
    await ask(page, "My name is Zoe.");
    for (const [kind, content] of [
      ["Export all as JSON", "llama2-kit.conversations"],
      ["Export all as ShareGPT", '"from":"human"'],
    ] as const) {
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "Import and export" }).click();
      await page.getByRole("menuitem", { name: kind }).click();
      const file = await (await download).path();
      const chooser = page.waitForEvent("filechooser");
      await page.getByRole("button", { name: "Import and export" }).click();
      await page.getByRole("menuitem", { name: "Import conversations" }).click();
      const { readFile } = await import("node:fs/promises");
      expect(await readFile(file, "utf8")).toContain(content);
      await (await chooser).setFiles(file);
      await page
        .getByText(/conversations? imported/)
        .first()
        .waitFor();
    }
    await expect.poll(() => page.locator(".conversation").count()).toBe(4);
  });
});
