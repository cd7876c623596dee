// What `npx @llama2-kit/weights` runs.
import { readFileSync } from "node:fs";
import { Llama2KitError } from "@llama2-kit/protocol";
import { CommanderError } from "commander";
import { createProgram } from "./program.ts";
import { createContext } from "./run-context.ts";

const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string };

/** Exit codes as shells have them for what a signal ended: 128 and the signal's number. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** `diff` says by 1 that two models differ, so a failure has another number there, as in Unix's own. */
const FAILURE_OF_DIFF = 2;

/** Runs a command line. Returns the exit code, or none where the command has set it. */
async function main(args: readonly string[]): Promise<number | undefined> {
  const leaving = new AbortController();
  let exitCode: number | undefined;
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
    // The first one lets the work end by itself; the second is from somebody who does not want to wait for that.
    process.on(signal, () => {
      if (leaving.signal.aborted) process.exit(EXIT_CODES[signal]);
      exitCode = EXIT_CODES[signal];
      leaving.abort();
    });
  }
  try {
    await createProgram(version, createContext(leaving.signal)).parseAsync([...args], {
      from: "user",
    });
    return undefined;
  } catch (error) {
    if (leaving.signal.aborted) return exitCode;
    if (error instanceof CommanderError) {
      return args[0] === "diff" && error.exitCode !== 0 ? FAILURE_OF_DIFF : error.exitCode;
    }
    process.stderr.write(`llama2-weights: ${describeError(error)}\n`);
    return args[0] === "diff" ? FAILURE_OF_DIFF : 1;
  }
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isForPeople = Llama2KitError.isInstance(error) || "code" in error;
  return isForPeople ? error.message : (error.stack ?? error.message);
}

// Whoever reads has enough, as in `inspect … | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

const exitCode = await main(process.argv.slice(2));
if (exitCode !== undefined) process.exitCode = exitCode;
