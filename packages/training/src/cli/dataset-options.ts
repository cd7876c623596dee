import { type Command, Option } from "commander";
import { DATASET_FORMATS, type DatasetFormat } from "../dataset/formats.ts";
import type { DatasetOptions } from "../dataset/options.ts";
import { parseNumber } from "./parse-option.ts";

/** What the command line says of a dataset. */
export interface DatasetValues {
  readonly dataset: string;
  readonly format?: DatasetFormat | "auto";
  readonly sequenceLength?: number;
  readonly lossOn?: DatasetOptions["lossOn"];
  readonly systemPrompt?: string;
  readonly specialTags?: DatasetOptions["specialTags"];
  readonly mergeConsecutive?: true;
  readonly overlong?: DatasetOptions["overlong"];
  readonly evaluationShare?: number;
  readonly seed?: number;
  readonly strict?: true;
}

/** Adds the options of a dataset, and how to read it. */
export function addDatasetOptions(command: Command): Command {
  return command
    .optionsGroup("What to learn:")
    .requiredOption("--dataset <path>", "a file of JSON Lines, a JSON array, or text")
    .addOption(
      new Option("--format <name>", "what its rows look like (default: told by the first)").choices(
        [...DATASET_FORMATS, "auto"],
      ),
    )
    .option(
      "--sequence-length <tokens>",
      "tokens of an example at most; longer ones are cut behind an answer (default 512)",
      parseNumber,
    )
    .addOption(
      new Option(
        "--loss-on <part>",
        "what is learned of a conversation (default assistant: all answers)",
      ).choices(["assistant", "last-answer", "all"]),
    )
    .option("--system-prompt <text>", "the system message of conversations that have none")
    .addOption(
      new Option(
        "--overlong <what>",
        "what becomes of a conversation that is too long (default cut)",
      ).choices(["cut", "drop"]),
    )
    .addOption(
      new Option(
        "--special-tags <what>",
        "what becomes of a message with [INST] and the like in it (default error: its row is dropped)",
      ).choices(["error", "escape", "allow"]),
    )
    .option("--merge-consecutive", "join messages in a row of the same role, instead of dropping")
    .option(
      "--evaluation-share <share>",
      "the share of rows to keep apart and measure on, such as 0.05 (default 0)",
      parseNumber,
    )
    .option("--seed <number>", "what all that is random follows from (default 42)", parseNumber)
    .option("--strict", "end at the first row that cannot be learned from, instead of dropping it");
}
