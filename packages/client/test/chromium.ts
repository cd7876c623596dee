import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { describe } from "vitest";

// The tests of the examples have it from here.
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

const executablePath = CHROMIUM_PATH || USUAL_PATHS.find((path) => existsSync(path));

/** Milliseconds that a test may take. A browser on a busy machine can be slow to start. */
export const BROWSER_TIMEOUT = 60_000;

/** Describes tests that need Chromium. Where there is none they are skipped, and the report says why; in CI they fail instead. */
export function describeInChromium(title: string, defineTests: () => void): void {
  const isSkipped = executablePath === undefined && !CI;
  const reason = isSkipped ? " (skipped: no Chromium found; CHROMIUM_PATH can hold its path)" : "";
  const options = { timeout: BROWSER_TIMEOUT };
  describe.skipIf(isSkipped)(`${title} in Chromium${reason}`, options, defineTests);
}

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
