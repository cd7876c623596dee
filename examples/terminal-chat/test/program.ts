import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** How a run of the program went. */
export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run under way. */
export interface Program {
  readonly process: ChildProcess;
  readonly ended: Promise<Run>;
}

/** Runs the built program as tests must: on the CPU, with one thread; and greedily, so that answers are known. */
export function startProgram(
  args: readonly string[],
  { input = "", env = {} }: { input?: string; env?: Record<string, string> } = {},
): Program {
  if (!existsSync(main)) throw new Error("There is no dist/main.js: run `npm test` at the root.");
  const fixed = ["--gpu", "off", "--threads", "1", "--temperature", "0"];
  const child = spawn(process.execPath, [main, ...fixed, ...args], {
    env: { ...process.env, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  // A program that ends before it has read everything is fine.
  child.stdin.on("error", () => {}).end(input);
  const ended = new Promise<Run>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  return { process: child, ended };
}

/** Runs the program to its end. */
export function runProgram(...args: Parameters<typeof startProgram>): Promise<Run> {
  return startProgram(...args).ended;
}
