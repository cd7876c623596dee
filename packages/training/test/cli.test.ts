import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { criaModelPath } from "@llama2-kit/cria";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { files, ROWS } from "./cli-files.ts";
import { bundleProgram, runProgram } from "./cli-program.ts";

let folder: string;
let script: string;

beforeAll(async () => {
  // Beside the package's own modules, where it finds koffi.
  folder = await mkdtemp(join(import.meta.dirname, ".program-"));
  script = await bundleProgram(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const eventsOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line) => JSON.parse(line));

it("says its version", async () => {
  expect(await runProgram(script, ["--version"])).toMatchObject({ code: 0, stdout: "1.2.3\n" });
});

describe("what is wrong is said in a sentence", () => {
  it.each([
    [["--rank", "many"], "'--rank <number>' argument 'many' is invalid. It must be a number."],
    [["--rank", "0"], "llama2-train: --rank must be a whole number from 1; it is 0.\n"],
    [["--strict"], "llama2-train: Line 5 of the dataset cannot be learned from: "],
  ])("%j", async (args, message) => {
    const { output, train } = await files();
    const { code, stderr } = await runProgram(script, [...train, ...args]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
    expect(existsSync(output)).toBe(false);
  });

  it("before a training that would end in a file which is there", async () => {
    const { output, train } = await files();
    await writeFile(output, "");
    const { code, stderr } = await runProgram(script, train);
    expect(stderr).toContain("exists already");
    expect(stderr).not.toContain("step");
    expect(code).toBe(1);
  });
});

describe("a training", () => {
  it("tells plain lines where nothing can be drawn, and writes the adapter in both forms", async () => {
    const { target, output, train } = await files();
    const peft = join(target, "peft");
    const { code, stdout, stderr } = await runProgram(script, [
      ...[...train, "--peft", peft, "--max-steps", "3"],
      ...["--evaluation-share", "0.4", "--evaluation-every", "2"],
    ]);
    expect(stderr).toMatch(/^5 rows \(openai\): 4 examples, \d of them to measure on; /);
    expect(stderr).toContain("cut 0, dropped 1\n  line 5: ");
    expect(stderr).toMatch(/step 1\/3 {2}loss \d\.\d{3} {2}[\d.]+ k?/);
    expect(stderr).toMatch(/step 2\/3 {2}loss \d\.\d{3} {2}eval \d\.\d{3} {2}/);
    expect(stdout).toMatch(/^3 steps: loss .*\nWrote .*adapter\.gguf\n$/);
    expect(code).toBe(0);
    expect(existsSync(output)).toBe(true);
    expect(existsSync(join(peft, "adapter_config.json"))).toBe(true);
  });

  it("tells programs events, and goes on after Ctrl-C to the bit as if it had never stopped", async () => {
    const { target, output, train } = await files();
    const whole = join(target, "whole.gguf");
    const args = [...train, "--json", "--max-steps", "12", "--learning-rate", "1e-3"];
    const all = await runProgram(script, [...args, "--output", whole]);
    expect(eventsOf(all.stdout).map(({ event }) => event)).toEqual([
      "dataset",
      ...new Array(12).fill("step"),
      "end",
    ]);

    let told = false;
    const stopped = await runProgram(script, args, (child, stdout) => {
      if (told || !stdout.includes('"step":3')) return;
      told = true;
      process.kill(-(child.pid as number), "SIGINT");
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toBe("");
    const end = eventsOf(stopped.stdout).at(-1);
    expect(end).toMatchObject({ event: "stopped", checkpoint: `${output}.checkpoint` });
    expect(existsSync(output)).toBe(false);

    const resumed = await runProgram(script, [...args, "--resume"]);
    expect(resumed.code).toBe(0);
    const steps = eventsOf(resumed.stdout).filter(({ event }) => event === "step");
    expect(steps[0].step).toBeGreaterThan(3);
    expect((await readFile(output)).equals(await readFile(whole))).toBe(true);
  });

  it("stops where whoever reads its output has gone", async () => {
    const { output, train } = await files();
    const args = [...train, "--json", "--epochs", "100000"];
    const { code } = await runProgram(script, args, (child) => child.stdout?.destroy());
    expect(code).toBe(130);
    expect(existsSync(`${output}.checkpoint`)).toBe(true);
  });

  it("begins a whole model from a config.json", async () => {
    const { target, dataset, output } = await files();
    const config = join(target, "config.json");
    await writeFile(
      config,
      JSON.stringify({
        hidden_size: 32,
        num_hidden_layers: 1,
        num_attention_heads: 2,
        intermediate_size: 64,
        vocab_size: 32_000,
        tie_word_embeddings: true,
      }),
    );
    const { code, stdout } = await runProgram(script, [
      ...["model", "--config", config, "--model", criaModelPath],
      ...["--dataset", dataset, "--output", output, "--max-steps", "2"],
    ]);
    expect(stdout).toContain(`Wrote ${output}`);
    expect(code).toBe(0);
  });
});

describe("a check", () => {
  it("shows what is learned, and which rows are dropped", async () => {
    const { dataset } = await files();
    const { code, stdout } = await runProgram(script, ["check", "--dataset", dataset]);
    expect(stdout).toContain(
      "Line 1, 20 tokens:\n<s> [INST] Who are you? [/INST]« I am a pirate. </s>»",
    );
    expect(stdout).toContain("cut 0, dropped 1\n  line 5: ");
    expect(code).toBe(0);
  });

  it("fails where nothing can be learned, and tells programs", async () => {
    const { dataset } = await files([{ prompt: "Hi" }]);
    const args = ["check", "--dataset", dataset, "--json", "--model", criaModelPath];
    const { code, stdout, stderr } = await runProgram(script, args);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 1, examples: 0, droppedRows: 1 });
    expect(stderr).toContain("Nothing of the dataset can be learned.");
    expect(code).toBe(1);
  });

  it("lets no dataset steer the terminal", async () => {
    const answer = "a\u001b[2J\u202eb";
    const messages = [ROWS[0]?.messages[0], { role: "assistant", content: answer }];
    const { dataset } = await files([{ messages }]);
    const { stdout } = await runProgram(script, ["check", "--dataset", dataset]);
    expect(stdout).toContain("a?[2J?b");
  });
});
