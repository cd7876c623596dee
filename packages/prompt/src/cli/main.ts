// What `npx @llama2-kit/prompt` runs.
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { runCli } from "./run.ts";
import { stopAtClosedPipe } from "./stop-at-closed-pipe.ts";

stopAtClosedPipe(process.stdout, () => process.exit());
process.exitCode = await runCli(process.argv.slice(2), {
  read: (path) => (path === undefined ? text(process.stdin) : readFile(path, "utf8")),
  // A prompt ends without a newline, which the model would see; a person at a terminal wants one.
  write: (result) =>
    process.stdout.write(process.stdout.isTTY && !result.endsWith("\n") ? `${result}\n` : result),
  warn: (line) => process.stderr.write(`${line}\n`),
});
