import { type Command, Option } from "commander";
import { isFolder } from "../adapters/adapter-base.ts";
import { mergeAdapter } from "../adapters/merge-adapter.ts";
import { type FileType, fileTypes } from "../quantize/file-type.ts";
import { checkOutput } from "./check-output.ts";
import { OUTPUT_IS_Q8 } from "./format.ts";
import { type AdapterArgument, parseAdapter, parseScale } from "./parse-option.ts";
import type { RunContext } from "./run-context.ts";

const HELP = `
Examples:
  llama2-weights merge llama-2-7b-chat.F16.gguf mine.F16.gguf --adapter my-lora
  llama2-weights merge Llama-2-7b-chat-hf mine --adapter style.gguf=0.5 --adapter facts`;

interface Values {
  readonly adapter: AdapterArgument[];
  readonly scale?: number;
  readonly type?: FileType;
  readonly libDir?: string;
  readonly force?: true;
}

/** Adds `merge`. */
export function addMerge(program: Command, context: RunContext): void {
  program
    .command("merge")
    .summary("add LoRA adapters to a model's weights")
    .description("Adds LoRA adapters to the weights of their base, so that it needs them no more.")
    .argument("<base>", "a GGUF or a Hugging Face folder")
    .argument("<output>", "what to write, of the base's kind")
    .addOption(
      new Option(
        "--adapter <path[=scale]>",
        "PEFT's folder or a GGUF, and how strongly it acts; may be given several times",
      )
        .argParser(parseAdapter)
        .makeOptionMandatory(),
    )
    .option(
      "--scale <number>",
      "how strongly adapters act that have no scale of their own (default 1)",
      parseScale,
    )
    .addOption(
      new Option("--type <type>", "type of the result; by default the base's").choices(fileTypes),
    )
    .option(
      "--lib-dir <folder>",
      "where ggml's library is, for K-quants; by default node-llama-cpp's",
    )
    .option("--force", "overwrite the output")
    .addHelpText("after", HELP)
    .action(async (base: string, output: string, values: Values) => {
      checkOutput(output, (await isFolder(base)) ? "folder" : "file");
      const { isOutputQ8 } = await context.withProgress("Merging", (progress) =>
        mergeAdapter({ ...progress, ...values, base, output, overwrite: values.force }),
      );
      if (isOutputQ8) context.print(OUTPUT_IS_Q8);
      context.print(`Wrote ${output}`);
    });
}
