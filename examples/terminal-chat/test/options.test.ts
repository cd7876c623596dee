import { CommanderError } from "commander";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseOptions } from "../src/options.ts";

let stderr = "";

beforeEach(() => {
  stderr = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

test("without options there are defaults", () => {
  expect(parseOptions([])).toEqual({
    model: undefined,
    system: undefined,
    parameters: { temperature: 0.6, topP: 0.9, topK: 40, minP: 0, repeatPenalty: 1 },
    contextSize: undefined,
    gpu: "auto",
    threads: undefined,
    cacheDir: undefined,
  });
});

test("every option is read", () => {
  const args =
    "--model m.gguf --system Hi --temperature 0 --top-p .5 --top-k 1e1 --min-p 0.1 --repeat-penalty 1.1 --seed 7 --max-tokens 20 --context-size 256 --gpu off --threads 2 --cache-dir c";
  expect(parseOptions(args.split(" "))).toEqual({
    model: "m.gguf",
    system: "Hi",
    parameters: {
      temperature: 0,
      topP: 0.5,
      topK: 10,
      minP: 0.1,
      repeatPenalty: 1.1,
      seed: 7,
      maxTokens: 20,
    },
    contextSize: 256,
    gpu: false,
    threads: 2,
    cacheDir: "c",
  });
});

test("an empty system prompt is none", () => {
  expect(parseOptions(["--system", ""]).system).toBeUndefined();
});

describe("a wrong option is told in one line that names it, its value and what is allowed", () => {
  test.each([
    [["--top-p", "abc"], /--top-p.*'abc'.*a number above 0 and at most 1/],
    [["--seed="], /--seed.*''.*an integer from 0 to 4294967294/],
    [["--temperature", " "], /--temperature.*' '.*a number/],
    [["--top-k", "0x10"], /--top-k.*'0x10'.*an integer/],
    [["--max-tokens", "Infinity"], /--max-tokens.*'Infinity'.*an integer/],
    [["--max-tokens", "12abc"], /--max-tokens.*'12abc'.*an integer/],
    [["--threads", "two"], /--threads.*'two'.*an integer/],
    [["--gpu", "fast"], /--gpu.*'fast'.*auto, cuda, vulkan, metal, off/],
    [["--model", ""], /--model.*''.*must not be empty/],
    [["--topp", "1"], /unknown option '--topp'.*--top-p/],
    [["--top-p"], /--top-p.*missing/],
    [["hello"], /too many arguments/],
  ])("%j", (args, message) => {
    expect(() => parseOptions(args)).toThrow(CommanderError);
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toMatch(message);
  });
});
