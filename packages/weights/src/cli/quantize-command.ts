import { Argument, type Command } from "commander";
import { type FileType, fileTypes } from "../quantize/file-type.ts";
import { quantizeModel } from "../quantize/quantize-model.ts";
import { OUTPUT_IS_Q8 } from "./format.ts";
import type { RunContext } from "./run-context.ts";

const HELP = `
Q8_0, Q4_0 and Q4_1 need nothing else. The others are made by ggml's own library: npm install koffi node-llama-cpp.
Q4_K_M is a good choice for chatting, Q8_0 where memory allows, Q4_0 where every second counts.

Examples:
  llama2-weights quantize llama-2-7b.F16.gguf llama-2-7b.Q8_0.gguf Q8_0
  llama2-weights quantize llama-2-7b.F16.gguf llama-2-7b.Q4_K_M.gguf Q4_K_M`;

interface Values {
  readonly requantize?: true;
  readonly libDir?: string;
  readonly force?: true;
}

/** Adds `quantize`. */
export function addQuantize(program: Command, context: RunContext): void {
  program
    .command("quantize")
    .summary("make a GGUF smaller")
    .description("Quantises a GGUF, as llama-quantize does.")
    .argument("<input>", "a GGUF of F32, F16 or BF16")
    .argument("<output>", "the GGUF to write")
    .addArgument(new Argument("<type>", "what the model is to be").choices(fileTypes))
    .option("--requantize", "take a model that is quantised already, and lose some more quality")
    .option(
      "--lib-dir <folder>",
      "where ggml's library is, for K-quants; by default node-llama-cpp's",
    )
    .option("--force", "overwrite the output")
    .addHelpText("after", HELP)
    .action(async (input: string, output: string, type: FileType, values: Values) => {
      const { isOutputQ8 } = await context.withProgress("Quantising", (progress) =>
        quantizeModel({ ...progress, ...values, input, output, type, overwrite: values.force }),
      );
      if (isOutputQ8) context.print(OUTPUT_IS_Q8);
      context.print(`Wrote ${output}`);
    });
}
