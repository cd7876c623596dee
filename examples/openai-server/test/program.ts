import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A server in a process of its own. */
export interface Program {
  readonly process: ChildProcess;
  /** Its address, once it has told it. */
  readonly url: Promise<string>;
  readonly ended: Promise<{
    readonly exitCode: number | null;
    readonly stderr: string;
    readonly stdout: string;
  }>;
}

/** Starts one of the built programs. */
export function startProgram(
  path: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Program {
  const main = fileURLToPath(new URL(path, new URL("../", import.meta.url)));
  if (!existsSync(main)) throw new Error(`There is no ${main}: run \`npm test\` at the root.`);
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...env } });
  let stderr = "";
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  const url = new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
      const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(stderr) ?? [];
      if (found) resolve(found);
    });
    child.once("close", () => reject(new Error(`It has ended without an address: ${stderr}`)));
  });
  url.catch(() => {});
  const ended = new Promise<{ exitCode: number | null; stderr: string; stdout: string }>(
    (resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode) => resolve({ exitCode, stderr, stdout }));
    },
  );
  return { process: child, url, ended };
}

/** Waits until a server says that it is ready. */
export async function whenReady(url: string): Promise<void> {
  for (;;) {
    const isReady = await fetch(`${url}/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
