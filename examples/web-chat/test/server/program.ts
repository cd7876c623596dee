import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../dist/server/main.js", import.meta.url));

/** The built program under way. */
export interface Program {
  readonly process: ChildProcess;
  /** Its address, once it has told it. */
  readonly url: Promise<string>;
  /** What it has written so far, to stdout and stderr. */
  readonly output: () => string;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

/** Runs the built program as tests must: on the CPU, with one thread. */
export function startProgram(args: readonly string[]): Program {
  if (!existsSync(main)) throw new Error("It is not built: run `npm test` at the root.");
  const fixed = ["--gpu", "off", "--threads", "1"];
  const child = spawn(process.execPath, [main, ...fixed, ...args]);
  let output = "";
  const url = new Promise<string>((resolve, reject) => {
    const read = (text: string) => {
      output += text;
      const [found] = /http:\/\/127\.0\.0\.1:\d+\S*/.exec(output) ?? [];
      if (found && output.includes("\n")) resolve(found);
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", read);
    child.once("close", () => reject(new Error(`It has ended without an address: ${output}`)));
  });
  url.catch(() => {});
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { process: child, url, output: () => output, ended };
}
