import { type Command, Option } from "commander";
import type { ScheduleName } from "../optimizer/schedule.ts";
import type { TrainingOptions } from "../options.ts";
import type { DatasetValues } from "./dataset-options.ts";
import { addDatasetOptions } from "./dataset-options.ts";
import { parseNumber } from "./parse-option.ts";

/** What the command line says of any training. Names are those of `TrainingOptions`. */
export interface TrainingValues
  extends DatasetValues,
    Pick<
      TrainingOptions,
      | "output"
      | "learningRate"
      | "warmup"
      | "weightDecay"
      | "maxGradNorm"
      | "batchSize"
      | "gradientAccumulation"
      | "packing"
      | "epochs"
      | "maxSteps"
      | "gradientCheckpointing"
      | "checkpointEvery"
      | "checkpoint"
      | "resume"
      | "device"
      | "threads"
      | "blas"
      | "libDir"
    > {
  readonly model: string;
  readonly schedule?: ScheduleName;
  readonly evaluationEvery?: number;
  readonly force?: true;
  readonly json?: true;
}

/** Adds what every training takes, behind what the command has of its own. */
export function addTrainingOptions(command: Command): Command {
  addDatasetOptions(command)
    .optionsGroup("How to learn:")
    .option(
      "--learning-rate <number>",
      "the highest; for LoRA often 2e-4 (default 1.41e-5)",
      parseNumber,
    )
    .addOption(
      new Option("--schedule <name>", "how the learning rate changes (default linear)").choices([
        "linear",
        "cosine",
        "constant",
        "constant_with_warmup",
      ]),
    )
    .option(
      "--warmup <steps>",
      "steps to the highest rate, or below 1 a part of all (default 0)",
      parseNumber,
    )
    .option("--batch-size <number>", "examples of a batch (default 4)", parseNumber)
    .option("--gradient-accumulation <number>", "batches of a step (default 2)", parseNumber)
    .option("--packing", "count full rows instead of examples")
    .option("--epochs <number>", "times to go through the dataset (default 3)", parseNumber)
    .option("--max-steps <number>", "steps to end after, whatever --epochs says", parseNumber)
    .option("--weight-decay <number>", "AdamW's weight decay (default 0)", parseNumber)
    .option(
      "--max-grad-norm <number>",
      "longer gradients are shortened; 0: never (default 1)",
      parseNumber,
    )
    .option(
      "--evaluation-every <steps>",
      "steps between two measurements (default 50)",
      parseNumber,
    )
    .optionsGroup("Stopping and going on:")
    .option(
      "--checkpoint-every <steps>",
      "steps between two checkpoints (default: only at Ctrl-C)",
      parseNumber,
    )
    .option("--checkpoint <path>", "the checkpoint's file (default: <output>.checkpoint)")
    .option("--resume", "go on from the checkpoint, as if it had never stopped");
  return addEngineOptions(command)
    .optionsGroup("Output:")
    .option("--force", "overwrite the output")
    .option("--json", "write a line of JSON for each event to stdout");
}

function addEngineOptions(command: Command): Command {
  return command
    .optionsGroup("The machine:")
    .addOption(
      new Option("--device <kind>", "what to compute with (default cpu)").choices([
        "cpu",
        "cuda",
        "vulkan",
        "metal",
      ]),
    )
    .option("--threads <number>", "CPU threads (default 1)", parseNumber)
    .option("--blas <path>", "a BLAS library for the CPU, auto, or off (default auto)")
    .option(
      "--gradient-checkpointing",
      "compute layers twice to save memory (default: where it must)",
    )
    .option("--lib-dir <folder>", "where ggml's libraries are; by default node-llama-cpp's");
}
