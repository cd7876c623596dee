import type { Command } from "commander";
import { isFolder } from "../adapters/adapter-base.ts";
import { ggufToPeft } from "../adapters/gguf-to-peft.ts";
import { peftToGguf } from "../adapters/peft-to-gguf.ts";
import { checkOutput } from "./check-output.ts";
import type { RunContext } from "./run-context.ts";

const HELP = `
Examples:
  llama2-weights adapter my-lora my-lora.gguf --base Llama-2-7b-chat-hf
  llama2-weights adapter my-lora.gguf my-lora --base llama-2-7b-chat.Q4_K_M.gguf --base-name meta-llama/Llama-2-7b-chat-hf`;

interface Values {
  readonly base: string;
  readonly baseName?: string;
  readonly force?: true;
}

/** Adds `adapter`. */
export function addAdapter(program: Command, context: RunContext): void {
  program
    .command("adapter")
    .summary("convert LoRA adapters between PEFT and GGUF")
    .description(
      "Converts PEFT's folder into a GGUF that llama.cpp loads, or such a GGUF into a folder.",
    )
    .argument("<input>", "PEFT's folder (adapter_config.json, adapter_model.safetensors) or a GGUF")
    .argument("<output>", "a GGUF or a folder: the other one")
    .requiredOption(
      "--base <model>",
      "the model that the adapter is for: a GGUF or a Hugging Face folder",
    )
    .option(
      "--base-name <name>",
      "what PEFT is to load as the base, such as meta-llama/Llama-2-7b-chat-hf",
    )
    .option("--force", "overwrite the output")
    .addHelpText("after", HELP)
    .action(async (input: string, output: string, { base, baseName, force }: Values) => {
      const isPeft = await isFolder(input);
      checkOutput(output, isPeft ? "file" : "folder");
      await context.withProgress("Converting", (progress) => {
        const options = { ...progress, input, output, base, overwrite: force };
        return isPeft ? peftToGguf(options) : ggufToPeft({ ...options, baseModel: baseName });
      });
      context.print(`Wrote ${output}`);
    });
}
