import type { Command } from "commander";
import type { LinearName } from "../model/sizes.ts";
import { trainAdapter } from "../train-adapter.ts";
import { parseNumber, parseTargets } from "./parse-option.ts";
import type { RunContext } from "./run-context.ts";
import { trainAndTell } from "./train-and-tell.ts";
import { addTrainingOptions, type TrainingValues } from "./training-options.ts";

const HELP = `
Examples:
  llama2-train adapter --model llama-2-7b-chat.Q4_0.gguf --dataset rows.jsonl --output adapter.gguf \\
    --learning-rate 2e-4 --evaluation-share 0.05
  llama2-train adapter … --resume                                     go on after Ctrl-C
  llama2-train adapter … --rank 16 --alpha 32 --targets all-linear    small, on all seven layers`;

interface Values extends TrainingValues {
  readonly rank?: number;
  readonly alpha?: number;
  readonly targets?: readonly LinearName[] | "all-linear";
  readonly peft?: string;
}

/** Adds `adapter`. */
export function addAdapter(program: Command, context: RunContext): void {
  const command = program
    .command("adapter")
    .summary("teach a LoRA adapter beside a model, which stays as it is")
    .description("Teaches a LoRA adapter. The model may be of any type, from F32 to Q2_K.")
    .optionsGroup("The adapter:")
    .requiredOption("--model <path>", "the model's GGUF")
    .requiredOption("--output <path>", "the adapter's GGUF, to be written")
    .option("--peft <folder>", "a folder for the adapter in PEFT's form too")
    .option("--rank <number>", "how much it can learn (default 64)", parseNumber)
    .option(
      "--alpha <number>",
      "its effect is multiplied by alpha / rank (default 16)",
      parseNumber,
    )
    .option(
      "--targets <names>",
      "layers with commas between them, or all-linear (default q_proj,v_proj)",
      parseTargets,
    );
  addTrainingOptions(command)
    .addHelpText("after", HELP)
    .action(async (values: Values) => {
      const { rank, alpha, targets, peft } = values;
      await trainAndTell(context, values, values.model, (options) =>
        trainAdapter({ ...options, model: values.model, rank, alpha, targets, peft }),
      );
    });
}
