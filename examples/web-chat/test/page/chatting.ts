import type { Locator, Page } from "playwright-core";

/** Always the likeliest token, so that answers are known. */
export const GREEDY = { parameters: { temperature: 0 } };

/** An answer that goes on until the context is full: Cria may not end it. */
export const ENDLESS = { parameters: { temperature: 0, logit_bias: "2: -100" } };

/** Writes a message and sends it. */
export async function send(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
}

/** Sends a message, and waits for the whole answer. */
export async function ask(page: Page, text: string): Promise<string> {
  const before = await answers(page).count();
  await send(page, text);
  await answers(page).nth(before).waitFor();
  return finished(page);
}

/** The last answer, once it has ended. */
export async function finished(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
  return answerText(page);
}

export function answers(page: Page): Locator {
  return page.locator(".message.assistant");
}

/** The text of the last answer. */
export async function answerText(page: Page): Promise<string> {
  return (await answers(page).last().locator(".prose").innerText()).trim();
}

/** Presses one of the last answer's buttons. */
export async function press(page: Page, name: string): Promise<void> {
  await answers(page).last().hover();
  await answers(page).last().getByRole("button", { name, exact: true }).click();
}
