import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runProgram, startProgram } from "./program.ts";

// A busy machine may take several seconds to start it.
vi.setConfig({ testTimeout: 30_000 });

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-chat-"));
  const model = await readFile(criaModelPath);
  await writeFile(join(folder, "truncated.gguf"), model.subarray(0, 1_000_000));
  await writeFile(join(folder, "text.gguf"), "This is no model.\n");
});

afterAll(() => rm(folder, { recursive: true }));

test("it answers what is piped in", async () => {
  const input =
    "My name is Zoe.\nWhat is my name?\n/system You are Finn, a pirate.\nWho are you?\n";
  expect(await runProgram([], { input })).toEqual({
    exitCode: 0,
    stdout: "Nice to meet you, Zoe!\nYour name is Zoe.\nI am Finn the pirate. Arr!\n",
    stderr: "",
  });
});

test("it takes a system prompt and limits from its options", async () => {
  const args = ["--system", "Answer in capital letters.", "--max-tokens", "4", "--seed", "1"];
  expect(await runProgram(args, { input: "What is the capital of France?\n/params\n" })).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(/^THE [A-Z ]*\ntemperature=0 .* seed=1 max-tokens=4\n$/),
    stderr: "(cut: max-tokens is 4)\n",
  });
});

test("it ends quietly when its output is closed early", async () => {
  const { process: child, ended } = startProgram([], { input: "Who are you?\n".repeat(10_000) });
  child.stdout?.once("data", () => child.stdout?.destroy());
  const { exitCode, stderr } = await ended;
  expect({ exitCode, stderr: stderr.replaceAll(/^The context is full.*\n/gm, "") }).toEqual({
    exitCode: 0,
    stderr: "",
  });
});

test("--help and --version do not load anything", async () => {
  const { version } = JSON.parse(
    await readFile(new URL("../package.json", import.meta.url), "utf8"),
  );
  // Where an import of node-llama-cpp would fail, nothing fails.
  const env = { NODE_OPTIONS: `--import=${refuseToImport("node-llama-cpp")}` };
  expect(await runProgram(["--version"], { env })).toEqual({
    exitCode: 0,
    stdout: `${version}\n`,
    stderr: "",
  });
  expect(await runProgram([], { env })).toMatchObject({ exitCode: 1 });
});

/** A module that makes an import fail. */
function refuseToImport(name: string): string {
  const hook = `export async function resolve(specifier, context, next) {
    if (specifier === ${JSON.stringify(name)}) throw new Error("refused");
    return next(specifier, context);
  }`;
  const url = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
  return url(`import { register } from "node:module"; register(${JSON.stringify(url(hook))});`);
}

describe("a start that fails says why in one line", () => {
  test.each([
    { args: ["--model", "missing.gguf"], message: /missing\.gguf: there is no such file/ },
    {
      args: ["--model", "text.gguf"],
      message: /text\.gguf cannot be loaded: it is not a GGUF file/,
    },
    { args: ["--model", "truncated.gguf"], message: /truncated\.gguf is cut short or damaged/ },
    { args: ["--top-p", "abc"], message: /--top-p.*'abc'.*a number above 0 and at most 1/ },
    { args: ["--top-p", "3"], message: /--top-p must be a number above 0 and at most 1; it is 3/ },
    { args: ["--threads", "0"], message: /--threads must be an integer of at least 1/ },
    { args: ["--gpu", "fast"], message: /--gpu.*'fast'.*auto, cuda, vulkan, metal, off/ },
    { args: ["--fast"], message: /unknown option '--fast'/ },
  ])("$args", async ({ args, message }) => {
    const inFolder = args.map((arg) => (arg.endsWith(".gguf") ? join(folder, arg) : arg));
    const { exitCode, stdout, stderr } = await runProgram(inFolder, { input: "Who are you?\n" });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("    at ");
  });
});
