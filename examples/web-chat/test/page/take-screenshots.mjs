// Draws the pictures of the documentation: `node examples/web-chat/test/page/take-screenshots.mjs`, once it is built.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const main = fileURLToPath(new URL("../../dist/server/main.js", import.meta.url));
const docs = fileURLToPath(new URL("../../../../docs/", import.meta.url));
const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";

const program = spawn(process.execPath, [main, "--port", "0", "--gpu", "off", "--threads", "1"]);
const url = await new Promise((resolve) => {
  let output = "";
  program.stdout.on("data", (data) => {
    output += data;
    const [found] = /http:\S+/.exec(output) ?? [];
    if (found) resolve(found);
  });
});
process.once("exit", () => program.kill());
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

async function open(colorScheme, viewport) {
  const page = await browser.newPage({ colorScheme, viewport });
  page.setDefaultTimeout(60_000);
  await page.goto(url);
  await page.getByText("This is Cria").waitFor();
  return page;
}

async function ask(page, text) {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
  await page.locator(".message.assistant").last().waitFor();
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
}

async function shoot(page, name) {
  await page.waitForTimeout(800);
  await page.screenshot({ path: `${docs}${name}.png` });
}

const page = await open("light", { width: 1240, height: 760 });
await page.getByText("System prompt", { exact: true }).click();
await page.getByRole("button", { name: "Pirate" }).click();
await page.getByText("System prompt", { exact: true }).click();
await ask(page, "My name is Zoe.");
await ask(page, "What is my name?");
await ask(page, "Tell me a story.");
await shoot(page, "web-chat");
await page.getByRole("button", { name: "Show the prompt and the tokens" }).last().click();
await page.locator(".token.graded").nth(7).hover();
await page.setViewportSize({ width: 1210, height: 500 });
await shoot(page, "web-chat-prompt");
await page.setViewportSize({ width: 1240, height: 760 });
await page.keyboard.press("Escape");
await page.getByRole("button", { name: "Parameters", exact: true }).click();
await shoot(page, "web-chat-parameters");
await page.keyboard.press("Escape");
await page.goto(`${url}#/notebook`);
await page.getByLabel("Text", { exact: true }).fill("Once upon a time there was a");
await page.getByRole("button", { name: "Continue the text" }).click();
await page.getByRole("button", { name: "Continue the text" }).waitFor();
await shoot(page, "web-chat-notebook");
await page.goto(`${url}#/model`);
await page.getByRole("button", { name: "Measure" }).click();
await page.getByText("tokens/s generated").waitFor();
await page.evaluate('document.querySelector(".scroller").scrollTop = 0');
await shoot(page, "web-chat-model");
await page.goto(`${url}#/connect`);
await shoot(page, "web-chat-connect");

const phone = await open("dark", { width: 390, height: 760 });
await ask(phone, "My name is Zoe.");
await ask(phone, "What is my name?");
await shoot(phone, "web-chat-phone");

await browser.close();
process.exit();
