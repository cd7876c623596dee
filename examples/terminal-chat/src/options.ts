import { readFileSync } from "node:fs";
import type { GpuChoice } from "@llama2-kit/inference";
import { Command, InvalidArgumentError, Option } from "commander";
import {
  DEFAULT_PARAMETERS,
  PARAMETERS,
  type ParameterFacts,
  type Parameters,
  parseNumber,
  parseParameter,
} from "./parameters.ts";

/** What the command line says. */
export interface ChatOptions {
  /** Undefined for the model that the example comes with. */
  readonly model: string | undefined;
  readonly system: string | undefined;
  readonly parameters: Parameters;
  readonly contextSize: number | undefined;
  readonly gpu: GpuChoice;
  readonly threads: number | undefined;
  readonly cacheDir: string | undefined;
}

/** As commander gives them: named after the options, and so the parameters by their keys. */
interface Values extends Parameters {
  readonly model?: string;
  readonly system?: string;
  readonly contextSize?: number;
  readonly gpu: (typeof GPU_WORDS)[number];
  readonly threads?: number;
  readonly cacheDir?: string;
}

const GPU_WORDS = ["auto", "cuda", "vulkan", "metal", "off"] as const;

const HELP_AFTER = `
Without a terminal it reads one message a line and prints one answer each:
  echo "What is 2 + 3?" | llama2-terminal-chat --temperature 0`;

/**
 * Reads the command line.
 *
 * @param args - the arguments, without the program's own two
 * @throws CommanderError, having written help, the version, or what is wrong; its `exitCode` tells which
 */
export function parseOptions(args: readonly string[]): ChatOptions {
  const command = buildCommand();
  command.parse(args, { from: "user" });
  const { model, system, gpu, contextSize, threads, cacheDir, ...parameters } =
    command.opts<Values>();
  return {
    model,
    // Llama 2 takes an empty system prompt for a prompt, so it is left out.
    system: system || undefined,
    parameters,
    contextSize,
    gpu: gpu === "off" ? false : gpu,
    threads,
    cacheDir,
  };
}

function buildCommand(): Command {
  const command = new Command("llama2-terminal-chat")
    .description("Chat with a Llama 2 on this machine.")
    .option(
      "--model <path or uri>",
      "a GGUF file, hf:user/repository:quant, or https://…",
      notEmpty,
    )
    .option("--system <text>", "the system prompt: who the model is, how it answers");
  for (const facts of PARAMETERS) command.addOption(parameterOption(facts));
  return command
    .option("--context-size <tokens>", "tokens of conversation to keep in mind", wholeNumber)
    .addOption(
      new Option("--gpu <kind>", "where to run").choices(GPU_WORDS).default("auto" as const),
    )
    .option("--threads <number>", "most CPU threads to use", wholeNumber)
    .option("--cache-dir <folder>", "where downloaded models are kept", notEmpty)
    .version(readVersion(), "--version", "show the version")
    .helpOption("--help", "show this help")
    .addHelpText("after", HELP_AFTER)
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => write(`${text.trim().replaceAll(/\s*\n\s*/g, " ")}\n`),
    });
}

function parameterOption(facts: ParameterFacts): Option {
  const fallback = DEFAULT_PARAMETERS[facts.key];
  const option = new Option(`--${facts.name} <number>`, facts.about);
  return option
    .default(fallback, fallback === undefined ? facts.unset : undefined)
    .argParser((text) => {
      try {
        return parseParameter(facts, text);
      } catch {
        throw new InvalidArgumentError(`It must be ${facts.allowed}.`);
      }
    });
}

function wholeNumber(text: string): number {
  const value = parseNumber(text);
  if (value === undefined) throw new InvalidArgumentError("It must be an integer of at least 1.");
  return value;
}

function notEmpty(text: string): string {
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  return text;
}

function readVersion(): string {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}
