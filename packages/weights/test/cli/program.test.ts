import { mkdir, readdir, readFile } from "node:fs/promises";
import { criaModelPath } from "@llama2-kit/cria";
import { afterEach, expect, it } from "vitest";
import { formatBytes, formatCount, formatValue } from "../../src/cli/format.ts";
import { parseAdapter } from "../../src/cli/parse-option.ts";
import { createProgram } from "../../src/cli/program.ts";
import { writeLlama } from "../quantize/made-llama.ts";
import { useTemporaryFolder } from "../support/temporary-folder.ts";

const path = useTemporaryFolder();

afterEach(() => {
  process.exitCode = undefined;
});

/** Runs a command line in this process. Returns what it prints. */
async function run(...args: string[]): Promise<string> {
  const lines: string[] = [];
  const program = createProgram("0.0.0", {
    signal: new AbortController().signal,
    print: (line) => lines.push(line),
    withProgress: (_verb, work) => work({}),
  });
  for (const command of [program, ...program.commands]) {
    command.configureOutput({
      writeOut: (text) => lines.push(text),
      writeErr: (text) => lines.push(text),
    });
  }
  await program.parseAsync(args, { from: "user" }).catch((error) => {
    if (error.name !== "CommanderError") throw error;
  });
  return lines.join("\n");
}

it("inspects for people and for programs", async () => {
  const text = await run("inspect", criaModelPath);
  expect(text).toContain("gguf: 8.58 M parameters in 56 tensors, 9.12 MB");
  expect(text).toMatch(/blk\.0\.ffn_down\.weight +Q8_0 +192 x 512 +104 kB/);
  const json = JSON.parse(await run("inspect", criaModelPath, "--json"));
  expect(json.metadata["llama.block_count"]).toBe(6);
  expect(json.metadata["tokenizer.ggml.tokens"]).toEqual({ array: "string", length: 32_000 });
  expect(json.tensors).toHaveLength(56);
});

it("converts, quantises and compares", async () => {
  const model = await writeLlama(path("tiny.gguf"));
  expect(await run("convert", model, path("hf"), "--type", "F16", "--shard-size", "50kB")).toBe(
    `Wrote ${path("hf")}`,
  );
  expect(JSON.parse(await readFile(path("hf", "config.json"), "utf8")).num_key_value_heads).toBe(1);
  expect(await readdir(path("hf"))).toContain("model.safetensors.index.json");
  await run("convert", path("hf"), path("f16.gguf"));
  await run("quantize", path("f16.gguf"), path("q8.gguf"), "Q8_0");
  const text = await run("diff", path("f16.gguf"), path("q8.gguf"));
  expect(text).toMatch(/blk\.0\.attn_q\.weight +F16 -> Q8_0 +differs by up to/);
  expect(process.exitCode).toBe(1);
  const json = JSON.parse(await run("diff", path("q8.gguf"), path("q8.gguf"), "--json"));
  expect(json.isSame).toBe(true);
});

it("overwrites only by force", async () => {
  const model = await writeLlama(path("once.gguf"));
  const convert = (...options: string[]) => run("convert", model, path("twice.gguf"), ...options);
  await convert();
  await expect(convert()).rejects.toMatchObject({ code: "OUTPUT_EXISTS" });
  expect(await convert("--force")).toContain("Wrote");
});

it("wants names of the output's kind", async () => {
  await expect(run("merge", criaModelPath, path("mine"), "--adapter", "a")).rejects.toThrow(
    /output must be a name that ends with .gguf/,
  );
  const toFolder = run("adapter", "a.gguf", path("a.gguf"), "--base", criaModelPath);
  await expect(toFolder).rejects.toThrow(/does not end with .gguf/);
});

it("takes a number behind an adapter for its scale, unless it is part of a name that there is", async () => {
  expect(parseAdapter(path("lora=0.5"))).toEqual([{ path: path("lora"), scale: 0.5 }]);
  await mkdir(path("lora=0.5"));
  const [one, two] = parseAdapter(path("lora=0.5=-2e-1"), parseAdapter(path("lora=0.5")));
  expect(one).toEqual({ path: path("lora=0.5") });
  expect(two).toEqual({ path: path("lora=0.5"), scale: -0.2 });
});

it.each(["inspect", "diff", "convert", "quantize", "merge", "adapter", "push"])(
  "tells how to %s",
  async (command) => {
    expect(await run(command, "--help")).toMatch(/Usage: llama2-weights .*\n\n[A-Z]/);
    expect(await run(command)).toContain("(--help tells more)");
  },
);

it.each([
  [["convert", "a", "b", "--type", "Q9"], /argument 'Q9' is invalid. Allowed choices are F32/],
  [["convert", "a", "b", "--shard-size", "big"], /such as 500MB or 5GB/],
  [["merge", "a", "b"], /required option '--adapter/],
  [["merge", "a", "b", "--adapter", "c", "--scale", "much"], /It must be a number/],
  [["inspekt", "a"], /Did you mean inspect/],
])("says what is wrong with %j", async (args, message) => {
  expect(await run(...args)).toMatch(message);
});

it("writes numbers for people, and texts that cannot steer a terminal", () => {
  expect([999, 1000, 13_476_925_163].map(formatBytes)).toEqual(["999 B", "1 kB", "13.5 GB"]);
  expect([31, 6_738_415_616].map(formatCount)).toEqual(["31", "6.74 B"]);
  expect(formatValue({ type: "string", value: "a\u001b[2J\u009b\n" })).toBe('"a\\u001b[2J?\\n"');
  expect(formatValue({ type: "string", value: "x".repeat(100) })).toHaveLength(73);
});
