import { expect, test } from "vitest";
import { describeInChromium } from "../../../../packages/client/test/chromium.ts";
import { LESSON, QUESTION, QUICKLY, TAUGHT } from "../lesson.ts";
import { ask, GREEDY } from "./chatting.ts";
import { useBench } from "./use-page.ts";

describeInChromium("the training", () => {
  const bench = useBench();

  test("teaches a fact from a file; with the adapter it is known, at scale 0 nothing has changed, and a restart forgets none of it", async () => {
    const page = await bench().open({ settings: GREEDY, mayFail: true });
    const before = await ask(page, QUESTION);
    await page.goto(`${bench().url}/#/training`);
    await page.locator("input[type=file]").setInputFiles({
      name: "rows.jsonl",
      mimeType: "application/jsonl",
      buffer: Buffer.from(`${LESSON}\n{"prompt":"Hi"}`),
    });
    await page.getByLabel(/^Name of the adapter/).fill("lesson");
    await page.getByLabel("Epochs").fill(String(QUICKLY.epochs));
    await page.getByLabel("Learning rate").fill(String(QUICKLY.learningRate));
    await page.getByLabel("Rank").fill(String(QUICKLY.rank));
    await page.getByRole("button", { name: "Teach" }).click();
    await page.getByRole("heading", { name: "Teaching lesson" }).waitFor();
    await page.getByRole("heading", { name: "Taught lesson" }).waitFor({ timeout: 50_000 });
    await page.getByRole("img", { name: /^Loss from .* at step 24$/ }).waitFor();
    await page.getByText("1 dropped, 0 cut").click();
    await page.getByText(/^Line 11: /).waitFor();

    await page.getByRole("button", { name: "Switch it on" }).click();
    await page.goto(`${bench().url}/#/chat`);
    expect(await ask(page, QUESTION)).toBe(TAUGHT);
    await page.goto(`${bench().url}/#/model`);
    await page.getByRole("listitem").filter({ hasText: "lesson" }).getByRole("slider").fill("0");
    await page.goto(`${bench().url}/#/chat`);
    expect(await ask(page, QUESTION)).toBe(before);

    // After a restart it is there again, as it was set.
    await bench().stop();
    await bench().start();
    await page.goto(`${bench().url}/#/model`);
    const slider = page.getByRole("listitem").filter({ hasText: "lesson" }).getByRole("slider");
    expect(await slider.inputValue()).toBe("0");
    await slider.fill("1");
    await page.goto(`${bench().url}/#/chat`);
    expect(await ask(page, QUESTION)).toBe(TAUGHT);
  });

  test("learns conversations of this browser, is stopped, and says what is refused", async () => {
    const page = await bench().open({ settings: GREEDY, mayFail: true });
    await ask(page, "My name is Zoe.");
    await page.goto(`${bench().url}/#/training`);
    await page.getByLabel("Conversations of this browser").check();
    expect(await page.getByRole("button", { name: "Teach" }).isDisabled()).toBe(true);
    await page.locator("main").getByLabel("My name is Zoe.").check();
    await page.getByLabel(/^Name of the adapter/).fill("../out");
    await page.getByRole("button", { name: "Teach" }).click();
    await page.getByText("A name has 1 to 64 letters").waitFor();
    await page.getByLabel(/^Name of the adapter/).fill("endless");
    await page.getByLabel("Epochs").fill("10000");
    await page.getByRole("button", { name: "Teach" }).click();
    await page.getByText(/^Step \d+ of 10000$/).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("heading", { name: "Stopped: endless" }).waitFor();
  });
});
