import type { Command } from "commander";
import { type Inspection, inspectWeights } from "../inspect/inspect-weights.ts";
import { formatBytes, formatCount, formatTable, formatValue, toJsonValue } from "./format.ts";
import type { RunContext } from "./run-context.ts";

const HELP = `
Examples:
  llama2-weights inspect llama-2-7b-chat.Q4_K_M.gguf
  llama2-weights inspect Llama-2-7b-chat-hf --json`;

/** Adds `inspect`. */
export function addInspect(program: Command, context: RunContext): void {
  program
    .command("inspect")
    .summary("show what a model's files hold")
    .description("Shows metadata, tensors, types, parameters and sizes. Only headers are read.")
    .argument("<model>", "a GGUF, safetensors, a Hugging Face folder or a llama2.c checkpoint")
    .option("--json", "write JSON")
    .addHelpText("after", HELP)
    .action(async (model: string, { json }: { json?: true }) => {
      const inspection = await inspectWeights(model);
      if (json) context.print(JSON.stringify(toJson(inspection), null, 2));
      else for (const line of toLines(inspection)) context.print(line);
    });
}

function toJson({ metadata, ...rest }: Inspection): object {
  const entries = [...metadata].map(([key, value]) => [key, toJsonValue(value)]);
  return { ...rest, metadata: Object.fromEntries(entries) };
}

function* toLines(inspection: Inspection): Generator<string> {
  const { format, metadata, tensors, types, parameters, tensorBytes } = inspection;
  yield `${format}: ${formatCount(parameters)} parameters in ${tensors.length} tensors, ${formatBytes(tensorBytes)}`;
  if (metadata.size > 0) {
    yield "";
    yield* formatTable(
      [...metadata].map(([key, value]) => [key, formatValue(value)]),
      [],
    );
  }
  yield "";
  const rows = tensors.map(({ name, type, shape, bytes }) => [
    name,
    type,
    shape.join(" x "),
    formatBytes(bytes),
  ]);
  yield* formatTable([["tensor", "type", "shape", "size"], ...rows], [2, 3]);
  yield "";
  const sums = types.map(({ type, tensors: count, parameters: weights, bytes }) => [
    type,
    String(count),
    formatCount(weights),
    formatBytes(bytes),
    `${((bytes * 8) / weights).toFixed(2)}`,
  ]);
  yield* formatTable(
    [["type", "tensors", "parameters", "size", "bits each"], ...sums],
    [1, 2, 3, 4],
  );
}
