import { type Command, Option } from "commander";
import { convertModel } from "../convert/convert-model.ts";
import type { GptqReport } from "../gptq/unpack-gptq.ts";
import { type FileType, fileTypes } from "../quantize/file-type.ts";
import { OUTPUT_IS_Q8 } from "./format.ts";
import { parseBytes } from "./parse-option.ts";
import type { RunContext } from "./run-context.ts";

const HELP = `
What becomes what:
  a Hugging Face folder, also one of GPTQ, or a llama2.c checkpoint     a .gguf file
  a GGUF                                                                a Hugging Face folder
  a GGUF in several files                                               one .gguf file

Meta's own consolidated.*.pth files are not read: they can hold programs. Convert them with transformers'
convert_llama_weights_to_hf.py first; https://github.com/llama2-kit/llama2-kit/tree/main/packages/weights tells how.

Examples:
  llama2-weights convert Llama-2-7b-chat-hf llama-2-7b-chat.F16.gguf
  llama2-weights convert Llama-2-7b-chat-hf llama-2-7b-chat.Q8_0.gguf --type Q8_0
  llama2-weights convert llama-2-7b-chat.Q8_0.gguf llama-2-7b-chat-hf --type F16
  llama2-weights convert stories15M.bin stories15M.gguf --tokenizer tokenizer.bin`;

interface Values {
  readonly type?: FileType;
  readonly tokenizer?: string;
  readonly shardSize?: number;
  readonly libDir?: string;
  readonly force?: true;
}

/** Adds `convert`. */
export function addConvert(program: Command, context: RunContext): void {
  program
    .command("convert")
    .summary("convert between Hugging Face folders, GGUF and llama2.c")
    .description("Converts a model into the other format. The names tell which way.")
    .argument("<input>", "a Hugging Face folder, a GGUF or a llama2.c checkpoint")
    .argument("<output>", "a name that ends with .gguf, or a folder")
    .addOption(
      new Option("--type <type>", "type of the result; by default that of the input").choices(
        fileTypes,
      ),
    )
    .option(
      "--tokenizer <path>",
      "the tokenizer.bin of a llama2.c checkpoint; by default beside it",
    )
    .option(
      "--shard-size <size>",
      "bytes of a safetensors file at most, such as 2GB (default 5GB)",
      parseBytes,
    )
    .option(
      "--lib-dir <folder>",
      "where ggml's library is, for K-quants; by default node-llama-cpp's",
    )
    .option("--force", "overwrite the output")
    .addHelpText("after", HELP)
    .action(async (input: string, output: string, values: Values) => {
      const { report, isOutputQ8 } = await context.withProgress("Converting", (progress) =>
        convertModel({
          ...progress,
          ...values,
          input,
          output,
          shardBytes: values.shardSize,
          overwrite: values.force,
        }),
      );
      for (const line of describeReport(report)) context.print(line);
      if (isOutputQ8) context.print(OUTPUT_IS_Q8);
      context.print(`Wrote ${output}`);
    });
}

/** What GPTQ's layers became, and the error of it. */
function* describeReport(report: ReadonlyMap<string, GptqReport>): Generator<string> {
  for (const kind of new Set([...report.values()].map(describeKind))) {
    const layers = [...report.values()].filter((layer) => describeKind(layer) === kind);
    const rmse = Math.max(...layers.map((layer) => layer.rmse));
    const max = Math.max(...layers.map((layer) => layer.max));
    const error =
      max === 0
        ? "exactly"
        : `off by ${rmse.toPrecision(2)} (root mean square), ${max.toPrecision(2)} at most`;
    yield `${layers.length} layers of GPTQ became ${kind}, ${error}`;
  }
}

function describeKind({ form, type }: GptqReport): string {
  return form === type ? form : `${type} by way of ${form}`;
}
