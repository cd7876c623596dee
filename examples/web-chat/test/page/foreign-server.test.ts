import { criaModelPath } from "@llama2-kit/cria";
import { type LocalModel, loadModel } from "@llama2-kit/inference";
import { createHandler } from "@llama2-kit/server";
import { type RunningServer, serve } from "@llama2-kit/server/node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeInChromium } from "../../../../packages/client/test/chromium.ts";
import { answers, answerText, ask, finished, GREEDY, press, send } from "./chatting.ts";
import { RIGHT_KEY, SAYS, useStandIn } from "./stand-in.ts";
import { useBench } from "./use-page.ts";

/** Fills in the form, and tries the server. */
async function tryServer(page: Page, url: string, key = ""): Promise<void> {
  await page.getByLabel("Base URL").fill(url);
  await page.getByLabel("Key, if it asks for one").fill(key);
  await page.getByRole("button", { name: "Test the connection" }).click();
}

/** Uses the server that has been tried, and begins a chat. */
async function chatWith(page: Page, model: string): Promise<void> {
  await page.getByRole("combobox", { name: "Model" }).selectOption(model);
  await page.getByRole("button", { name: "Use this server" }).last().click();
  await page.getByRole("link", { name: "New chat" }).first().click();
  await page.locator(".model-note", { hasText: "other server" }).waitFor();
}

describeInChromium("another server of ours, at another origin", () => {
  const bench = useBench();
  let model: LocalModel;
  let server: RunningServer;

  const start = async (key: string, port = 0): Promise<void> => {
    const handler = createHandler({
      models: { cria: model, two: model },
      apiKeys: [key],
      cors: "*",
    });
    server = await serve(handler, { port });
  };
  beforeAll(async () => {
    model = await loadModel({ model: criaModelPath, gpu: false, threads: 1 });
    await start(RIGHT_KEY);
  });
  afterAll(async () => {
    await server.close({ deadlineMs: 0 });
    await model.dispose();
  });

  test("is tried, asked and kept, and the app's own never hears of its key", async () => {
    const page = await bench().open({ path: "/#/connect", settings: GREEDY, mayFail: true });
    const told: string[] = [];
    page.on("request", (request) => {
      const whole = `${request.url()} ${JSON.stringify(request.headers())} ${request.postData()}`;
      if (request.url().startsWith(bench().url)) told.push(whole);
    });
    await tryServer(page, server.url, "sk-wrong");
    await page.getByText("It is there, but refuses this key.").waitFor();
    await tryServer(page, server.url, RIGHT_KEY);
    await page.getByText("Connected. It has 2 models.").waitFor();
    await chatWith(page, "cria");
    expect(await ask(page, "My name is Zoe.")).toContain("Zoe");
    expect(await ask(page, "What is my name?")).toContain("Zoe");
    await page.reload();
    await answers(page).nth(1).waitFor();
    expect(await ask(page, "What is my name?")).toContain("Zoe");
    expect(told.length).toBeGreaterThan(3);
    expect(told.join()).not.toContain(RIGHT_KEY);
    expect(page.url()).not.toContain(RIGHT_KEY);
  });

  test("continues an answer, and a text", async () => {
    const settings = { parameters: { temperature: 0, max_tokens: 3 } };
    const page = await bench().open({ path: "/#/connect", settings });
    await tryServer(page, server.url, RIGHT_KEY);
    await chatWith(page, "cria");
    const begun = await ask(page, "My name is Zoe.");
    await press(page, "Continue the answer");
    await expect.poll(() => answerText(page)).not.toBe(begun);
    expect(await finished(page)).toMatch(new RegExp(`^${begun}`));
    await page.getByRole("link", { name: "Notebook" }).click();
    const field = page.getByLabel("Text", { exact: true });
    await field.fill("Once upon a");
    await page.getByRole("button", { name: "Continue the text" }).click();
    await expect.poll(() => field.inputValue()).toMatch(/^Once upon a \w+/);
  });

  test("that changes its key or goes away is told where one asks it", async () => {
    const page = await bench().open({ path: "/#/connect", settings: GREEDY, mayFail: true });
    await tryServer(page, server.url, RIGHT_KEY);
    await chatWith(page, "two");
    const { port } = new URL(server.url);
    await server.close({ deadlineMs: 0 });
    await send(page, "My name is Zoe.");
    await page.getByRole("heading", { name: "The server cannot be reached" }).waitFor();
    await start("sk-new", Number(port));
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "The server asks for a key" }).waitFor();
    await page.getByRole("button", { name: "Enter the key" }).click();
    await page.getByLabel("Key, if it asks for one").fill("sk-new");
    await page.getByRole("button", { name: "Test the connection" }).click();
    await page.getByText("Connected. It has 2 models.").waitFor();
    expect(await page.getByRole("combobox", { name: "Model" }).inputValue()).toBe("two");
    await page.getByRole("button", { name: "Use this server" }).last().click();
    await page.goBack();
    await page.getByRole("button", { name: "Try again" }).click();
    await answers(page).waitFor();
    expect(await finished(page)).toContain("Zoe");
    await server.close({ deadlineMs: 0 });
    await page.getByRole("link", { name: "Connect" }).click();
    await page.getByRole("button", { name: "Test the connection" }).click();
    await page.getByText(/^It cannot be reached/).waitFor();
    await start(RIGHT_KEY, Number(port));
  });
});

describeInChromium("somebody else's server", () => {
  const bench = useBench();
  const standIn = useStandIn("*");
  const closed = useStandIn();

  test("is asked for what OpenAI's protocol has, and for nothing else", async () => {
    const page = await bench().open({ path: "/#/connect", settings: GREEDY });
    await tryServer(page, standIn().url, RIGHT_KEY);
    await page.getByText("Connected. It has 4 models.").waitFor();
    await chatWith(page, "parrot");
    expect(await ask(page, "Who are you?")).toBe("I am not ours.");
    expect(await answers(page).locator("strong").innerText()).toBe("not");
    const { path, body } = standIn().asked.at(-1) ?? {};
    expect(path).toBe("/v1/chat/completions");
    expect(body).toEqual({
      model: "parrot",
      messages: [{ role: "user", content: "Who are you?" }],
      stream: true,
      stream_options: { include_usage: true },
      temperature: 0,
      seed: expect.any(Number),
    });
  });

  test("may fail before an answer and amid one: what it says is shown, and what has come stays", async () => {
    const page = await bench().open({ path: "/#/connect", mayFail: true });
    await tryServer(page, standIn().url, RIGHT_KEY);
    await chatWith(page, "busy");
    await send(page, "Who are you?");
    await page.getByRole("heading", { name: "The server is busy" }).waitFor();
    await page.getByText("Come back later.").waitFor();
    await page.getByRole("link", { name: "Connect" }).click();
    await tryServer(page, standIn().url, RIGHT_KEY);
    await chatWith(page, "broken");
    await send(page, "Who are you?");
    await page.getByText("The parrot has flown away.").waitFor();
    expect(await answerText(page)).toBe(SAYS.split(" ")[0]);
  });

  test("that does not allow the page to ask it is told apart from one that is not there", async () => {
    const page = await bench().open({ path: "/#/connect", mayFail: true });
    await tryServer(page, closed().url, RIGHT_KEY);
    await page.getByText(/^It is there, but does not allow this page to ask it/).waitFor();
    await page.getByText(`${bench().url}`).last().waitFor();
    await tryServer(page, "http://127.0.0.1:9", RIGHT_KEY);
    await page.getByText(/^It cannot be reached/).waitFor();
    await tryServer(page, `${standIn().url}/elsewhere`, RIGHT_KEY);
    await page.getByText(/^It answered with status 404/).waitFor();
    expect(await page.getByRole("button", { name: "Use this server" }).isDisabled()).toBe(true);
  });
});
