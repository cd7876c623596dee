import { CommanderError } from "commander";
import pc from "picocolors";
import { Conversation } from "./conversation.ts";
import { errorLine } from "./error-line.ts";
import { loadChatModel } from "./load.ts";
import { type ChatOptions, parseOptions } from "./options.ts";
import { runPipe } from "./pipe.ts";
import { runTerminal } from "./terminal.ts";

const LEFT_BY_CTRL_C = 130;

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  // Whoever writes is told of a failure too, and knows what to make of it; without this it would end the process.
  process.stdout.on("error", () => {});
  const start = new AbortController();
  const interrupt = () => {
    if (start.signal.aborted) process.exit(LEFT_BY_CTRL_C);
    start.abort();
  };
  process.on("SIGINT", interrupt);
  try {
    return await chat(parseOptions(args), start.signal, () => process.off("SIGINT", interrupt));
  } catch (error) {
    // Commander has said already what there is to say.
    if (error instanceof CommanderError) return error.exitCode;
    if (start.signal.aborted) return LEFT_BY_CTRL_C;
    console.error(errorLine(error));
    return 1;
  }
}

async function chat(
  options: ChatOptions,
  signal: AbortSignal,
  started: () => void,
): Promise<number> {
  const model = await loadChatModel(options, signal);
  started();
  try {
    const { system, parameters } = options;
    const conversation = new Conversation({ model, system, parameters });
    await conversation.check();
    const { stdin: input, stdout: output, stderr: notices } = process;
    if (input.isTTY && output.isTTY) {
      return await runTerminal(conversation, { input, output, colors: pc });
    }
    await runPipe(conversation, { input, output, notices });
    return 0;
  } finally {
    await model.dispose();
  }
}

process.exitCode = await main(process.argv.slice(2));
// By now all is done, but a download that failed may go on trying, and would keep the process alive.
setTimeout(() => process.exit(), 200).unref();
