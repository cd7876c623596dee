import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { build } from "tsup";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeLlama } from "../quantize/made-llama.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const path = useTemporaryFolder();
let folder: string;
let model: string;
beforeAll(async () => {
  // Beside the package's own modules, where the program finds commander.
  folder = await mkdtemp(join(import.meta.dirname, "..", ".program-"));
  await build({
    config: false,
    silent: true,
    entry: { "dist/cli": join(import.meta.dirname, "..", "..", "src", "cli", "main.ts") },
    outDir: folder,
    format: ["esm"],
    target: "es2022",
    outExtension: () => ({ js: ".mjs" }),
    noExternal: [/^@llama2-kit\//],
    external: ["koffi", "node-llama-cpp", "commander", "cli-progress", "@huggingface/hub"],
    esbuildOptions: (options) => {
      options.conditions = ["@llama2-kit/source"];
    },
  });
  await writeFile(join(folder, "package.json"), JSON.stringify({ version: "1.2.3" }));
  const sizes = { embedding: 512, heads: 4, kvHeads: 4, feedForward: 4096, layers: 1 };
  model = await writeLlama(path("model.gguf"), sizes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.skipIf(process.platform === "win32").each([
  [["SIGINT"], 130],
  [["SIGTERM"], 143],
  // The second comes while the work is about to end by itself, or before that.
  [["SIGINT", "SIGINT"], 130],
] as const)("leaves nothing behind after %j", async (signals, code) => {
  const output = path(`${signals.join("-")}.gguf`);
  const args = [join(folder, "dist", "cli.mjs"), "quantize", model, output, "Q4_K_M"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  await expect
    .poll(async () => [...(await readdir(path())), child.exitCode])
    .toContainEqual(expect.stringMatching(/\.partial$/));
  for (const signal of signals) {
    child.kill(signal);
    await setTimeout(2);
  }
  expect(await ended).toBe(code);
  expect(await readdir(path())).toEqual(["model.gguf"]);
});
