import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { badOption } from "../error.ts";
import type { NewModelConfig } from "../model/random-model.ts";
import { trainModel } from "../train-model.ts";
import type { RunContext } from "./run-context.ts";
import { trainAndTell } from "./train-and-tell.ts";
import { addTrainingOptions, type TrainingValues } from "./training-options.ts";

const HELP = `
It takes 16 bytes of memory for each weight, so it is meant for tiny models.

Examples:
  llama2-train model --model tiny.F32.gguf --dataset rows.jsonl --output better.gguf --learning-rate 1e-4
  llama2-train model --config config.json --model llama-2-7b.Q4_0.gguf --dataset rows.jsonl --output new.gguf`;

interface Values extends TrainingValues {
  readonly config?: string;
}

/** Adds `model`. */
export function addModel(program: Command, context: RunContext): void {
  const command = program
    .command("model")
    .summary("train every weight of a tiny model, or a new one from nothing")
    .description("Trains a whole model: all its matrices, norms and embeddings.")
    .optionsGroup("The model:")
    .requiredOption(
      "--model <path>",
      "its GGUF, of F32; with --config the one that lends its tokenizer",
    )
    .requiredOption("--output <path>", "the trained model's GGUF, to be written")
    .option("--config <path>", "a config.json, whose sizes a new model is begun with");
  addTrainingOptions(command)
    .addHelpText("after", HELP)
    .action(async (values: Values) => {
      const { model: path, config } = values;
      const model =
        config === undefined ? path : { config: await readConfig(config), metadataFrom: path };
      await trainAndTell(context, values, path, (options) => trainModel({ ...options, model }));
    });
}

async function readConfig(path: string): Promise<NewModelConfig> {
  const text = await readFile(path, "utf8");
  try {
    return JSON.parse(text) as NewModelConfig;
  } catch {
    throw badOption("config", path, "a file of JSON, such as a model's config.json");
  }
}
