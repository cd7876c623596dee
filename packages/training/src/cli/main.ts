// What `npx @llama2-kit/training` runs.
import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { describeError } from "./describe-error.ts";
import { createProgram } from "./program.ts";
import { createContext } from "./run-context.ts";

const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string };

/** Exit codes as shells have them for what a signal ended: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs a command line. Returns the exit code, or none where the command has set it. */
async function main(args: readonly string[]): Promise<number | undefined> {
  const leaving = new AbortController();
  let exitCode = EXIT_CODES.SIGINT as number;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // The first one lets a training write its checkpoint; a second one ends the process as it would without this.
    process.once(signal, () => {
      exitCode = EXIT_CODES[signal];
      leaving.abort();
    });
  }
  // Whoever read the output has gone, as `head` does.
  process.stdout.on("error", () => leaving.abort());
  try {
    const program = createProgram(version, createContext(leaving.signal));
    await program.parseAsync([...args], { from: "user" });
    return undefined;
  } catch (error) {
    if (leaving.signal.aborted) return exitCode;
    if (error instanceof CommanderError) return error.exitCode;
    process.stderr.write(`llama2-train: ${describeError(error)}\n`);
    return 1;
  }
}

const exitCode = await main(process.argv.slice(2));
if (exitCode !== undefined) process.exitCode = exitCode;
