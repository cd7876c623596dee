import { styleText } from "node:util";
import type { Tokenizer } from "@llama2-kit/tokenizer";
import { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";
import type { Command } from "commander";
import { readDataset } from "../dataset/read-dataset.ts";
import type { DatasetExample } from "../dataset/read-examples.ts";
import { TrainingError } from "../error.ts";
import { addDatasetOptions, type DatasetValues } from "./dataset-options.ts";
import { describeReport } from "./describe.ts";
import { printable } from "./format.ts";
import { openTokenizer } from "./open-tokenizer.ts";
import { parseNumber } from "./parse-option.ts";
import type { RunContext } from "./run-context.ts";

const HELP = `
What is learned is underlined in a terminal, and stands between « and » elsewhere.

Examples:
  llama2-train check --dataset rows.jsonl
  llama2-train check --dataset guanaco.jsonl --sequence-length 1024 --examples 5`;

interface Values extends DatasetValues {
  readonly model?: string;
  readonly examples?: number;
  readonly json?: true;
}

/** Faults to show: all that the report keeps. */
const ALL = Number.POSITIVE_INFINITY;

/** Adds `check`. */
export function addCheck(program: Command, context: RunContext): void {
  const command = program
    .command("check")
    .summary("show what of a dataset can be learned, and what cannot")
    .description(
      "Reads a dataset as a training does, and shows what becomes of it. Nothing is trained.",
    )
    .option("--model <path>", "the model's GGUF, for its tokenizer; by default Llama 2's own")
    .option("--examples <number>", "examples to show (default 2)", parseNumber)
    .option("--json", "write JSON");
  addDatasetOptions(command)
    .addHelpText("after", HELP)
    .action(async (values: Values) => {
      const { model } = values;
      const tokenizer = model === undefined ? llama2Tokenizer() : await openTokenizer(model);
      const data = readDataset(values.dataset, { ...values, tokenizer, signal: context.signal });
      const shown = await takeFirst(data, values.examples ?? 2);
      if (values.json) context.print(JSON.stringify(data.report, null, 2));
      else {
        for (const example of shown) {
          context.print(`Line ${example.line}, ${example.ids.length} tokens:`);
          context.print(`${markLearned(example, tokenizer, context.isTerminal)}\n`);
        }
        for (const line of describeReport(data.report, ALL)) context.print(line);
      }
      if (data.report.examples > 0) return;
      throw new TrainingError("BAD_DATASET", "Nothing of the dataset can be learned.");
    });
}

/** Reads a dataset to its end, and keeps its first examples. */
async function takeFirst(
  data: AsyncIterable<DatasetExample>,
  count: number,
): Promise<DatasetExample[]> {
  const first: DatasetExample[] = [];
  for await (const example of data) if (first.length < count) first.push(example);
  return first;
}

/** An example's text, with what is learned of it marked. */
function markLearned(
  { ids, spans }: Pick<DatasetExample, "ids" | "spans">,
  tokenizer: Tokenizer,
  isTerminal: boolean,
): string {
  const text = (start: number, end: number) =>
    printable(
      tokenizer.decode(ids.slice(start, end), { specialTokens: "show", keepFirstSpace: true }),
    );
  const mark = (learned: string) => (isTerminal ? styleText("underline", learned) : `«${learned}»`);
  let marked = "";
  let before = 0;
  for (const [start, end] of spans) {
    marked += text(before, start) + mark(text(start, end));
    before = end;
  }
  return marked + text(before, ids.length);
}
