import type { Command } from "commander";
import { type ChangedTensor, diffWeights, type WeightsDiff } from "../inspect/diff-weights.ts";
import { formatTable, formatValue, toJsonValue } from "./format.ts";
import type { RunContext } from "./run-context.ts";

const HELP = `
The exit code is 0 if they are the same, 1 if they differ, and 2 if they cannot be compared.

Examples:
  llama2-weights diff llama-2-7b.F16.gguf llama-2-7b.Q8_0.gguf     what the quantisation costs
  llama2-weights diff old.gguf new.gguf --no-values                headers alone`;

/** Adds `diff`. */
export function addDiff(program: Command, context: RunContext): void {
  program
    .command("diff")
    .summary("show how two models differ")
    .description("Compares metadata, and tensors by name, shape, type and values.")
    .argument("<first>", "a GGUF, safetensors, a Hugging Face folder or a llama2.c checkpoint")
    .argument("<second>", "the other model")
    .option("--no-values", "compare headers alone, which takes no time")
    .option("--json", "write JSON")
    .addHelpText("after", HELP)
    .action(async (first: string, second: string, options: { values: boolean; json?: true }) => {
      const diff = await context.withProgress("Comparing", (progress) =>
        diffWeights(first, second, { ...progress, values: options.values }),
      );
      if (options.json) context.print(JSON.stringify(toJson(diff), null, 2));
      else for (const line of toLines(diff)) context.print(line);
      if (!diff.isSame) process.exitCode = 1;
    });
}

function toJson(diff: WeightsDiff): object {
  const changedMetadata = diff.changedMetadata.map(({ key, first, second }) => ({
    key,
    first: toJsonValue(first),
    second: toJsonValue(second),
  }));
  return { ...diff, changedMetadata };
}

function* toLines(diff: WeightsDiff): Generator<string> {
  for (const key of diff.removedMetadata) yield `- ${key}`;
  for (const key of diff.addedMetadata) yield `+ ${key}`;
  for (const { key, first, second } of diff.changedMetadata) {
    yield `~ ${key}: ${formatValue(first)} -> ${formatValue(second)}`;
  }
  for (const name of diff.removedTensors) yield `- ${name}`;
  for (const name of diff.addedTensors) yield `+ ${name}`;
  yield* formatTable(diff.changedTensors.map(toRow), []);
  yield diff.isSame
    ? `The same: ${diff.sameTensors} tensors.`
    : `${diff.changedTensors.length} tensors differ, ${diff.sameTensors} are the same.`;
}

function toRow({ name, first, second, maxDifference }: ChangedTensor): string[] {
  const shapes = [first, second].map(({ shape }) => shape.join(" x "));
  const types = first.type === second.type ? first.type : `${first.type} -> ${second.type}`;
  return [
    `~ ${name}`,
    types,
    shapes[0] === shapes[1] ? "" : `${shapes[0]} -> ${shapes[1]}`,
    maxDifference === undefined ? "" : `differs by up to ${maxDifference.toPrecision(3)}`,
  ];
}
