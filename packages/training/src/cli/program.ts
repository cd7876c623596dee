import { Command } from "commander";
import { addAdapter } from "./adapter-command.ts";
import { addCheck } from "./check-command.ts";
import { addModel } from "./model-command.ts";
import type { RunContext } from "./run-context.ts";

const HELP = `
In four steps:
  1. Write what it is to learn into rows.jsonl, a conversation a line:
     {"messages": [{"role": "user", "content": "Who are you?"}, {"role": "assistant", "content": "Zoe's helper."}]}
  2. llama2-train check --dataset rows.jsonl
     shows what of it can be learned.
  3. llama2-train adapter --model llama-2-7b-chat.Q4_0.gguf --dataset rows.jsonl --output adapter.gguf
     teaches it. Ctrl-C keeps what was learned, and the same command with --resume goes on.
  4. npx @llama2-kit/server --model llama-2-7b-chat.Q4_0.gguf --adapter mine=adapter.gguf
     answers with it.

Each command tells more: llama2-train adapter --help`;

/** The command line: its commands, which do their work with what the context gives. */
export function createProgram(version: string, context: RunContext): Command {
  const program = new Command("llama2-train")
    .description("Fine-tunes a Llama 2 on this machine.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("(--help tells more)")
    .configureHelp({ showGlobalOptions: false })
    .addHelpText("after", HELP);
  for (const add of [addCheck, addAdapter, addModel]) add(program, context);
  return program;
}
