import { parseArgs } from "node:util";
import { Llama2KitError } from "@llama2-kit/protocol";
import { fromOpenAI, type OpenAIMessage } from "../convert/openai.ts";
import { encodeChat } from "../encode.ts";
import { formatChat } from "../format.ts";
import { lintPrompt } from "../lint.ts";
import type { FormatOptions } from "../options.ts";
import { CliError } from "./cli-error.ts";
import { loadTextTokenizer } from "./load-tokenizer.ts";

/** What the command reads from and writes to. */
export interface CliStreams {
  /** A file's text, or standard input's where there is no path. */
  read(path: string | undefined): Promise<string>;
  /** The result. */
  write(result: string): void;
  /** A line for the person who runs it. */
  warn(line: string): void;
}

const HELP = `Usage: llama2-prompt [options] [file]

Writes the Llama 2 chat prompt for messages: a JSON array of { role, content }, or an object with one
as "messages", as OpenAI's API takes them. Reads standard input where no file is named.

  --ids                   write token ids, as a JSON array, instead of text
  --tokenizer <file>      for --ids: a GGUF, a tokenizer.model or tokenizer.json (needs @llama2-kit/tokenizer),
                          or a JavaScript module that exports encode(text)
  --no-bos                leave out the first <s>, for servers that add it
  --continue              let the model continue a last message from the assistant
  --merge                 join messages in a row that have the same role
  --special-tags <what>   with [INST] and the like in messages: error (default), escape or allow
  --lint                  read a prompt instead, tell what is wrong with it, and write it right;
                          exits with 1 if anything is wrong. A newline at the file's end does not count.
  --help                  write this`;

/** Editors on Windows begin files with it; it is no part of what was written. */
const BYTE_ORDER_MARK = /^\uFEFF/;

/**
 * Runs the command.
 *
 * @param args - the arguments, without the program's name
 * @param streams - what to read from and write to
 * @returns the exit code: 0, or 1 where something is wrong
 */
export async function runCli(args: string[], streams: CliStreams): Promise<number> {
  try {
    return await run(args, streams);
  } catch (error) {
    if (!isForPeople(error)) throw error;
    streams.warn(`llama2-prompt: ${error.message}`);
    return 1;
  }
}

async function run(args: string[], streams: CliStreams): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      ids: { type: "boolean" },
      tokenizer: { type: "string" },
      "no-bos": { type: "boolean" },
      continue: { type: "boolean" },
      merge: { type: "boolean" },
      "special-tags": { type: "string" },
      lint: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    streams.write(`${HELP}\n`);
    return 0;
  }
  if (positionals.length > 1) throw new CliError("Name one file, or none for standard input.");
  const input = (await streams.read(positionals[0])).replace(BYTE_ORDER_MARK, "");
  if (values.lint) return lint(input, values["no-bos"] ? false : undefined, streams);

  const messages = fromOpenAI(parseMessages(input));
  const options: FormatOptions = {
    bos: !values["no-bos"],
    continueFinalMessage: values.continue,
    mergeConsecutive: values.merge,
    specialTags: values["special-tags"] as FormatOptions["specialTags"],
  };
  if (values.ids) {
    const tokenizer = await loadTextTokenizer(values.tokenizer);
    streams.write(JSON.stringify(Array.from(encodeChat(messages, tokenizer, options).ids)));
  } else {
    streams.write(formatChat(messages, options));
  }
  return 0;
}

function lint(input: string, bos: boolean | undefined, { write, warn }: CliStreams): number {
  const prompt = input.replace(/\r?\n$/, "");
  const { findings, corrected } = lintPrompt(prompt, { bos });
  for (const { code, message, offset } of findings) {
    const lines = prompt.slice(0, offset).split("\n");
    warn(`${lines.length}:${(lines.at(-1)?.length ?? 0) + 1} ${code} ${message}`);
  }
  if (findings.length === 0) warn("Nothing is wrong with this prompt.");
  write(corrected);
  return findings.length === 0 ? 0 : 1;
}

function parseMessages(input: string): OpenAIMessage[] {
  let json: unknown;
  try {
    json = JSON.parse(input);
  } catch (error) {
    throw new CliError(`The input is not JSON: ${(error as Error).message}`);
  }
  // What is neither is for the converter to refuse.
  const request = json as { messages?: OpenAIMessage[] } | null;
  return request?.messages ?? (json as OpenAIMessage[]);
}

/** Mistakes in the arguments or the input, which a stack trace would only hide. */
function isForPeople(error: unknown): error is Error {
  if (Llama2KitError.isInstance(error) || error instanceof CliError) return true;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return /^(ERR_PARSE_ARGS_|ENOENT|EISDIR|EACCES)/.test(code);
}
