import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const { CHROMIUM_PATH, CI, PROGRAMFILES = "C:\\Program Files" } = process.env;

/** Where Chromium, or a browser made of it, usually is. */
const USUAL_PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  `${PROGRAMFILES}\\Google\\Chrome\\Application\\chrome.exe`,
  `${PROGRAMFILES} (x86)\\Microsoft\\Edge\\Application\\msedge.exe`,
];

const executablePath = CHROMIUM_PATH ?? USUAL_PATHS.find((path) => existsSync(path));

/** Whether tests are to be skipped, as there is no browser. Never so in CI, where they fail instead. */
export const hasNoChromium: boolean = executablePath === undefined && !CI;

/** For the title of tests, so that a report says why they were skipped. */
export const orWhySkipped: string = hasNoChromium
  ? " (skipped: no Chromium found; its path can be set in CHROMIUM_PATH)"
  : "";

/** Milliseconds that a test may take. A browser on a busy machine can be slow to start. */
export const BROWSER_TIMEOUT = 60_000;

/** Starts Chromium without a window, and without anything that it does besides showing a page. */
export async function launchChromium(): Promise<Browser> {
  if (executablePath === undefined) {
    throw new Error("There is no Chromium: install it, or set CHROMIUM_PATH to its path.");
  }
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-dev-shm-usage",
    ],
  });
}
