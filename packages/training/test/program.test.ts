import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { describeError } from "../src/cli/describe-error.ts";
import { createProgram } from "../src/cli/program.ts";
import { TellLines } from "../src/cli/tell-lines.ts";
import { files } from "./cli-files.ts";

/** Runs a command line in this process. Returns all that it says, its error as a person reads it too. */
async function run(args: readonly string[]): Promise<string> {
  let said = "";
  const say = (text: string) => {
    said += `${text}\n`;
  };
  const program = createProgram("1.2.3", {
    signal: new AbortController().signal,
    isTerminal: false,
    print: say,
    tellTraining: () => new TellLines(say, say),
  });
  for (const command of [program, ...program.commands]) {
    command.configureOutput({ writeOut: say, writeErr: say });
  }
  await program.parseAsync([...args], { from: "user" }).catch((error) => say(describeError(error)));
  return said;
}

describe("help", () => {
  it.each([
    [["--help"], "rows.jsonl"],
    [["adapter", "--help"], "--learning-rate <number>"],
    [["model", "--help"], "--config <path>"],
    [["check", "--help"], "--examples <number>"],
  ])("%j", async (args, part) => {
    expect(await run(args)).toContain(part);
  });
});

describe("what is wrong is said in a sentence", () => {
  it.each([
    [["--learning-rate", "-1"], "--learning-rate must be a number above 0; it is -1."],
    [["--targets", "q_proj,x"], '--targets must be "all-linear" or some of q_proj'],
    [["--evaluation-share", "1"], "--evaluation-share must be less than 1"],
    [["--evaluation-share", "1e-9"], "None of 5 rows was drawn to measure on."],
    [["--format", "csv"], "Allowed choices are openai, sharegpt"],
    [["--rank", "4194304"], "MiB of memory, and"],
    [["--learning-rat", "1"], "(Did you mean --learning-rate?)"],
    [["--model", "/nowhere.gguf"], "/nowhere.gguf cannot be read: there is no such file"],
    [["--model", "."], ". is not a file."],
    [["--dataset", "/nowhere.jsonl"], '"/nowhere.jsonl" cannot be read: there is no such file.'],
    [["--dataset", "."], '"." cannot be read: it is a folder.'],
    [["--output", "/nowhere/a.gguf"], "/nowhere/a.gguf cannot be written: there is no folder"],
    [["--resume"], "adapter.gguf.checkpoint is no checkpoint: there is no such file."],
  ])("%j", async (args, message) => {
    const { output, train } = await files();
    const said = await run([...train, ...args]);
    expect(said).toContain(message);
    expect(said).not.toMatch(/\n\s+at |step /);
    expect(existsSync(output)).toBe(false);
  });

  it("where a model is none, or only an adapter", async () => {
    const { dataset, output, train } = await files();
    expect(await run([...train, "--model", dataset])).toContain(
      "rows.jsonl is a damaged GGUF file",
    );
    await run([...train, "--max-steps", "1"]);
    const other = `${output}.other`;
    expect(await run([...train, "--model", output, "--output", other])).toContain(
      "adapter.gguf has no tokenizer of Llama 2's; is it an adapter?",
    );
  });
});
