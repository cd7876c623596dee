import { Command } from "commander";
import { addAdapter } from "./adapter-command.ts";
import { addConvert } from "./convert-command.ts";
import { addDiff } from "./diff-command.ts";
import { addInspect } from "./inspect-command.ts";
import { addMerge } from "./merge-command.ts";
import { addPush } from "./push-command.ts";
import { addQuantize } from "./quantize-command.ts";
import type { RunContext } from "./run-context.ts";

const HELP = `
Each command tells more: llama2-weights convert --help`;

/** The command line: its commands, which do their work with what the context gives. */
export function createProgram(version: string, context: RunContext): Command {
  const program = new Command("llama2-weights")
    .description("Llama 2's model files: inspect, compare, convert, quantise, merge, publish.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("(--help tells more)")
    .configureHelp({ showGlobalOptions: false })
    .addHelpText("after", HELP);
  for (const add of [addInspect, addDiff, addConvert, addQuantize, addMerge, addAdapter, addPush]) {
    add(program, context);
  }
  return program;
}
