// The web chat: `npm start`, or `npm start -- --model path/to/llama-2-7b-chat.Q4_K_M.gguf`.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isLoopback, type RunningServer } from "@llama2-kit/server/node";
import { announce } from "./announce.ts";
import { createApp } from "./create-app.ts";
import { describeError } from "./describe-error.ts";
import { HELP } from "./help.ts";
import { listen } from "./listen.ts";
import { ModelHolder } from "./model-holder.ts";
import { type Options, readOptions } from "./options.ts";
import { PageFiles } from "./page-files.ts";
import { tellProgress } from "./tell-progress.ts";
import { TrainingHolder } from "./training-holder.ts";

const LEFT_BY_CTRL_C = 130;

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  try {
    const { version } = JSON.parse(
      readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
    ) as { version: string };
    const options = readOptions(args, process.env);
    if (typeof options === "string") {
      process.stdout.write(options === "help" ? HELP : `${version}\n`);
      return 0;
    }
    await run(options, version);
    return 0;
  } catch (error) {
    process.stderr.write(`${describeError(error).message}\n`);
    return 1;
  }
}

/** Listens at once, so that the page can show how the model is loaded. */
async function run(options: Options, version: string): Promise<void> {
  const isNewKey = options.apiKeys.length === 0 && !isLoopback(options.host);
  const apiKeys = isNewKey ? [randomBytes(12).toString("base64url")] : options.apiKeys;
  const page = new PageFiles(fileURLToPath(new URL("../page/", import.meta.url)));
  const holder = new ModelHolder(options.machine, apiKeys);
  const trainings = new TrainingHolder(holder, options.machine.adaptersFolder);
  holder.load(options.load);
  try {
    const server = await listen(createApp({ holder, trainings, page, apiKeys, version }), options);
    const ended = endBySignal(server);
    process.stdout.write(announce(server, { key: apiKeys[0], isNewKey }));
    await tellProgress(holder, ended);
  } finally {
    await trainings.dispose();
    await holder.dispose();
  }
}

/** The first signal ends answers where they are, a second one does not wait even for that. */
function endBySignal(server: RunningServer): Promise<void> {
  return new Promise((resolve, reject) => {
    let isFirst = true;
    const end = () => {
      if (!isFirst) process.exit(LEFT_BY_CTRL_C);
      isFirst = false;
      server.close({ deadlineMs: 0 }).then(resolve, reject);
    };
    process.on("SIGTERM", end);
    process.on("SIGINT", end);
  });
}

process.exitCode = await main(process.argv.slice(2));
// By now all is done, but a download that failed may go on trying, and would keep the process alive.
setTimeout(() => process.exit(), 500).unref();
