import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const bootstrap = new URL("../bootstrap.mjs", import.meta.url);
let root: string;

// A workspace whose npx notes its arguments on stdout, and whose install works only where "working" exists.
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "llama2-kit bootstrap-"));
  mkdirSync(join(root, "scripts"));
  cpSync(bootstrap, join(root, "scripts/bootstrap.mjs"));
  writeFileSync(join(root, "package.json"), '{ "packageManager": "pnpm@1.2.3" }');
  writeFileSync(join(root, "pnpm-lock.yaml"), "first");
  mkdirSync(join(root, "bin"));
  const install = `
    const { existsSync, mkdirSync } = require("node:fs");
    console.log("npx", ...process.argv.slice(2));
    mkdirSync("node_modules", { recursive: true });
    process.exit(existsSync("working") ? 0 : 1);`;
  writeFileSync(join(root, "bin/npx.cjs"), install);
  writeFileSync(join(root, "bin/npx"), '#!/bin/sh\nexec node "$(dirname "$0")/npx.cjs" "$@"\n');
  writeFileSync(join(root, "bin/npx.cmd"), '@node "%~dp0npx.cjs" %*\r\n');
  chmodSync(join(root, "bin/npx"), 0o755);
  writeFileSync(join(root, "working"), "");
});
afterEach(() => rmSync(root, { recursive: true, maxRetries: 3 }));

function run() {
  const path = Object.keys(process.env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  const env = { ...process.env, [path]: `${join(root, "bin")}${delimiter}${process.env[path]}` };
  const script = join(root, "scripts/bootstrap.mjs");
  return spawnSync(process.execPath, [script], { env, encoding: "utf8", input: "for the chat" });
}

test("the pinned pnpm installs, once, and stdout is left to what runs after it", () => {
  const { status, stdout, stderr } = run();
  expect(stderr).toContain("npx --yes pnpm@1.2.3 install --frozen-lockfile");
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  expect(run()).toMatchObject({ status: 0, stdout: "", stderr: "" });
});

test("another lockfile is installed, even one that is older", () => {
  run();
  writeFileSync(join(root, "pnpm-lock.yaml"), "second");
  expect(run().stderr).toContain("npx --yes");
  writeFileSync(join(root, "pnpm-lock.yaml"), "first");
  expect(run().stderr).toContain("npx --yes");
});

test("a failed install ends in one line that says what to do, and is tried again", () => {
  run();
  rmSync(join(root, "working"));
  writeFileSync(join(root, "pnpm-lock.yaml"), "second");
  const { status, stderr } = run();
  expect(status).toBe(1);
  expect(stderr.trim().split("\n").at(-1)).toMatch(
    /could not be installed.*run the same command again/,
  );

  // The old lockfile's dependencies may be half gone, so going back to it must install too.
  writeFileSync(join(root, "pnpm-lock.yaml"), "first");
  expect(run().status).toBe(1);
  expect(existsSync(join(root, "node_modules/.llama2-kit-installed"))).toBe(false);
  writeFileSync(join(root, "working"), "");
  expect(run().status).toBe(0);
});
