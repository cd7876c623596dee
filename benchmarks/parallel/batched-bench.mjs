// llama.cpp's llama-batched-bench: what can be reached at all, for it computes and does nothing else. It samples no
// tokens, but takes them by chance.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ourArguments } from "./llama-cpp-programs.mjs";
import { sharedTokens } from "./prompts.mjs";

const run = promisify(execFile);

/** One run in some 25 prints nothing: its log's thread may not get to it before the end. */
const mostTries = 5;

/**
 * @param {string} program
 * @param {string} modelPath
 * @param {{ sequences: number, contextSize: number }} size
 * @returns {import("./contestants.mjs").Contestant}
 */
export function createBatchedBench(program, modelPath, { sequences, contextSize }) {
  return {
    async sample(prompts, maxTokens) {
      const tokens = prompts.reduce((sum, { ids }) => sum + ids.length - sharedTokens, 0);
      const { t_pp, speed_tg } = await measure(program, [
        ...["-m", modelPath, "-c", `${sequences * contextSize}`, ...ourArguments],
        // The first token of each answer comes from the prompt.
        ...["-npp", `${Math.round(tokens / prompts.length)}`, "-ntg", `${maxTokens - 1}`],
        ...["-npl", `${prompts.length}`, "--output-format", "jsonl"],
      ]);
      return { firstTokenMs: t_pp * 1000, tokensPerSecond: speed_tg };
    },
  };
}

async function measure(program, options) {
  for (let tries = 0; tries < mostTries; tries++) {
    const { stdout } = await run(program, options);
    const line = stdout.split("\n").find((line) => line.startsWith("{"));
    if (line) return JSON.parse(line);
  }
  throw new Error(`llama-batched-bench has measured nothing: ${options.join(" ")}`);
}
