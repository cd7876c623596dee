import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("it writes the answer, and nothing else, to stdout", async () => {
  const main = fileURLToPath(new URL("../main.mjs", import.meta.url));
  const child = spawn(process.execPath, [main, "My name is Mia."]);
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const exitCode = await new Promise((resolve) => child.on("close", resolve));
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^.*Mia.*\n$/);
  expect(stderr).toMatch(/^\d+ tokens, \d+ a second\n$/);
});
