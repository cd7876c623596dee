import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundle } from "./worker-file.ts";

/** What a run of the command left behind. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Bundles the command and its worker from their source, into a folder like the package's. Returns its script. */
export async function bundleProgram(folder: string): Promise<string> {
  const dist = join(folder, "dist");
  await mkdir(dist, { recursive: true });
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ type: "module", version: "1.2.3" }),
  );
  await bundle({ cli: "cli/main.ts", worker: "job/worker.ts" }, dist, "js");
  return join(dist, "cli.js");
}

/** Runs the command to its end. */
export async function runProgram(
  script: string,
  args: readonly string[],
  watch: (child: ChildProcess, stdout: string) => void = () => {},
): Promise<Run> {
  // A group of its own, as a terminal has it for each command: what Ctrl-C tells, all in it are told.
  const child = spawn(process.execPath, [script, ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
      watch(child, said.stdout);
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, ...said };
}
