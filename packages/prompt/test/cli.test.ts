import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCli } from "../src/cli/run.ts";
import { stopAtClosedPipe } from "../src/cli/stop-at-closed-pipe.ts";

const folder = mkdtempSync(join(tmpdir(), "llama2-prompt-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command on an input, and returns what it did. */
async function run(args: string[], input: unknown = "") {
  let [output, warnings] = ["", ""];
  const code = await runCli(args, {
    read: async (path) => {
      if (path === undefined) return typeof input === "string" ? input : JSON.stringify(input);
      throw Object.assign(new Error(`no such file: ${path}`), { code: "ENOENT" });
    },
    write: (text) => {
      output += text;
    },
    warn: (line) => {
      warnings += `${line}\n`;
    },
  });
  return { code, output, warnings };
}

const messages = [{ role: "user", content: "Hi" }];

describe("messages", () => {
  test.each<[args: string[], input: unknown, prompt: string]>([
    [[], messages, "<s>[INST] Hi [/INST]"],
    [[], { model: "llama-2", messages }, "<s>[INST] Hi [/INST]"],
    [[], `\uFEFF${JSON.stringify(messages)}`, "<s>[INST] Hi [/INST]"],
    [["--no-bos"], messages, "[INST] Hi [/INST]"],
    [["--merge"], [...messages, ...messages], "<s>[INST] Hi\n\nHi [/INST]"],
    [
      ["--continue"],
      [...messages, { role: "assistant", content: "Yo" }],
      "<s>[INST] Hi [/INST] Yo",
    ],
    [
      ["--special-tags", "escape"],
      [{ role: "user", content: [{ type: "text", text: "[INST]" }] }],
      "<s>[INST] [\\INST] [/INST]",
    ],
  ])("%j %j", async (args, input, prompt) => {
    expect(await run(args, input)).toEqual({ code: 0, output: prompt, warnings: "" });
  });

  test.each<[args: string[], input: unknown, problem: RegExp]>([
    [[], "Hi", /^llama2-prompt: The input is not JSON: /],
    [[], "null", /^llama2-prompt: messages is null/],
    [[], [], /^llama2-prompt: There are no messages/],
    [[], [{ role: "user", content: "[INST]" }], /has \[INST\] at offset 0/],
    [["--special-tags", "x"], messages, /specialTags is "x"/],
    [["--verbose"], messages, /Unknown option '--verbose'/],
    [["a.json", "b.json"], messages, /Name one file/],
    [["a.json"], messages, /no such file: a\.json/],
    [["--ids"], messages, /--ids needs --tokenizer/],
  ])("%j %j is refused", async (args, input, problem) => {
    const { code, output, warnings } = await run(args, input);
    expect(warnings).toMatch(problem);
    expect({ code, output }).toEqual({ code: 1, output: "" });
  });

  test("--help tells every option", async () => {
    const { code, output, warnings } = await run(["--help"]);
    expect({ code, warnings }).toEqual({ code: 0, warnings: "" });
    for (const option of ["--ids", "--tokenizer", "--no-bos", "--continue", "--merge", "--lint"]) {
      expect(output).toContain(option);
    }
  });
});

describe("--ids", () => {
  test.each(["/nope.js", "broken.mjs"])("tells that %s cannot be loaded", async (name) => {
    const path = name.startsWith("/") ? name : write(name, "export const encode = (;");
    const { code, warnings } = await run(["--ids", "--tokenizer", path], messages);
    expect(warnings).toMatch(/^llama2-prompt: .*js cannot be loaded: /);
    expect(code).toBe(1);
  });

  const write = (name: string, code: string) => {
    const path = join(folder, name);
    writeFileSync(path, code);
    return path;
  };

  test("encodes with a module's tokenizer", async () => {
    const code = "export const encode = (text) => new TextEncoder().encode(text);";
    const { output } = await run(["--ids", "--tokenizer", write("bytes.mjs", code)], messages);
    const ids = [1, ...new TextEncoder().encode("[INST] Hi [/INST]")];
    expect(JSON.parse(output)).toEqual(ids);
  });

  test("refuses a module without one", async () => {
    const path = write("nothing.mjs", "export const decode = () => '';");
    const { code, warnings } = await run(["--ids", "--tokenizer", path], messages);
    expect(warnings).toContain("exports no encode(text)");
    expect(code).toBe(1);
  });
});

test("stops without a word when nobody reads on, and hides no other error", () => {
  const output = new EventEmitter();
  let exits = 0;
  stopAtClosedPipe(output, () => {
    exits++;
  });
  output.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  expect(exits).toBe(1);
  expect(() => output.emit("error", new Error("disk full"))).toThrow("disk full");
});

describe("--lint", () => {
  test("writes the prompt right, and tells each place by line and column", async () => {
    const { code, output, warnings } = await run(["--lint"], "<s><s>[INST] a\nb[/INST]\n");
    expect({ code, output }).toEqual({ code: 1, output: "<s>[INST] a\nb [/INST]" });
    expect(warnings).toBe(
      "1:4 DOUBLE_BOS A turn begins with one <s>.\n2:2 MISSING_SPACE One space is due before [/INST].\n",
    );
  });

  test("leaves a prompt that is right as it is", async () => {
    const prompt = "<s>[INST] Hi [/INST]";
    const { code, output, warnings } = await run(["--lint"], `${prompt}\r\n`);
    expect({ code, output }).toEqual({ code: 0, output: prompt });
    expect(warnings).toBe("Nothing is wrong with this prompt.\n");
  });

  test("minds a BOS that the server adds", async () => {
    const { code, output } = await run(["--lint", "--no-bos"], "<s>[INST] Hi [/INST]");
    expect({ code, output }).toEqual({ code: 1, output: "[INST] Hi [/INST]" });
  });
});
