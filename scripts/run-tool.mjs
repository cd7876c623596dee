// Runs the command-line tools that the workspace installs.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

const modules = new URL("../node_modules/", import.meta.url);

// Windows spells it `Path`, and a copy of the environment no longer ignores case.
const path = Object.keys(process.env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";

/** The environment for tools: they find one another, above all turbo finds pnpm, and turbo keeps to itself. */
export const toolEnvironment = {
  ...process.env,
  [path]: `${fileURLToPath(new URL(".bin", modules))}${delimiter}${process.env[path]}`,
  TURBO_TELEMETRY_DISABLED: "1",
  TURBO_NO_UPDATE_NOTIFIER: "1",
  DO_NOT_TRACK: "1",
  // Some colour even what goes to a file.
  ...(process.stdout.isTTY ? {} : { NO_COLOR: "1" }),
};

/**
 * Starts a tool with this Node, and so without a shell, which on Windows would split arguments at spaces.
 *
 * @param {string} packageName whose first command to start
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 */
export function spawnTool(packageName, args, options) {
  const folder = new URL(`${packageName}/`, modules);
  const { bin } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
  const [command] = typeof bin === "string" ? [bin] : Object.values(bin);
  return spawn(process.execPath, [fileURLToPath(new URL(command, folder)), ...args], {
    stdio: "inherit",
    env: toolEnvironment,
    ...options,
  });
}

/**
 * Waits for a process to end. Ctrl-C reaches it by itself, and it decides what that means; what is sent to us
 * alone is passed on.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<number>} its exit code, in a shell's terms where a signal ended it
 */
export async function exitCode(child) {
  const listeners = {
    SIGINT: () => {},
    SIGTERM: () => child.kill("SIGTERM"),
    SIGHUP: () => child.kill("SIGHUP"),
  };
  for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener);
  try {
    return await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    });
  } finally {
    for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener);
  }
}

/**
 * Runs a tool whose output matters only if it fails.
 *
 * @param {string} packageName whose first command to start
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 * @returns {Promise<{ code: number, output: Buffer }>}
 */
export async function captureTool(packageName, args, options) {
  const child = spawnTool(packageName, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => output.push(data));
  const code = await exitCode(child);
  return { code, output: Buffer.concat(output) };
}
