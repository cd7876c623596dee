import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadModel } from "@llama2-kit/inference";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mergeAdapter } from "../../src/adapters/merge-adapter.ts";
import { peftToGguf } from "../../src/adapters/peft-to-gguf.ts";
import { TINY, VOCABULARY, writeLlama } from "../quantize/made-llama.ts";
import { ALL_MODULES, writePeft } from "./made-adapter.ts";

let folder: string;
let peft: string;
let adapter: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "llama2-kit-"));
  const base = await writeLlama(join(folder, "base.gguf"));
  const modules = [...ALL_MODULES, "lm_head", "model.embed_tokens"];
  peft = await writePeft(join(folder, "peft"), { modules, size: 0.3 });
  adapter = join(folder, "adapter.gguf");
  await peftToGguf({ input: peft, output: adapter, base });
});
afterAll(() => rm(folder, { recursive: true }));

/** The log probability of every token after some text, at each of some scales of the adapter. */
async function distributions(
  model: string,
  scales: readonly number[],
): Promise<Map<number, number>[]> {
  const adapters = scales.some((scale) => scale !== 0) ? [{ name: "lora", path: adapter }] : [];
  await using loaded = await loadModel({ model, gpu: false, threads: 1, adapters });
  const found: Map<number, number>[] = [];
  for (const scale of scales) {
    const choice = scale === 0 ? [] : [{ name: "lora", scale }];
    const { logprobs = [] } = await loaded.complete("hello world", {
      maxTokens: 1,
      temperature: 0,
      logprobs: VOCABULARY,
      adapter: choice,
    }).result;
    const top = logprobs[0]?.top ?? [];
    found.push(new Map(top.map(({ token = -1, logprob }) => [token, logprob])));
  }
  return found;
}

/** The root of the mean of the squares of how far log probabilities are apart. */
function distance(one: Map<number, number>, other: Map<number, number>): number {
  const squares = [...one].map(([token, logprob]) => (logprob - (other.get(token) ?? 99)) ** 2);
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

const SCALES = [1, 0.5, -0.75];

// llama.cpp rounds activations as well: to half precision beside F16, to 8 bits beside quantised weights, and in a
// merged Q4_0 the product has its 4 bits, which as a part of the model it has not.
describe.each([
  ["F32", undefined, 0.0001],
  ["F16", undefined, 0.005],
  ["Q8_0", undefined, 0.06],
  ["Q8_0", "F32", 0.06],
  ["Q4_0", undefined, 0.4],
  ["Q4_0", "F32", 0.06],
] as const)("a model of %s with the adapter merged into it as %s", (type, output, share) => {
  test("answers as the base does with the adapter at that scale", async () => {
    const base = await writeLlama(join(folder, `${type}.gguf`), TINY, type);
    const [plain, ...together] = await distributions(base, [0, ...SCALES]);
    expect(plain?.size).toBe(VOCABULARY);
    for (const [i, scale] of SCALES.entries()) {
      const path = join(folder, `${type}-merged.gguf`);
      const options = { base, adapter: peft, scale, type: output, overwrite: true };
      await mergeAdapter({ ...options, output: path });
      const [merged] = await distributions(path, [0]);
      const effect = distance(plain as Map<number, number>, together[i] as Map<number, number>);
      const error = distance(merged as Map<number, number>, together[i] as Map<number, number>);
      expect(effect).toBeGreaterThan(0.3);
      expect(error / effect).toBeLessThan(share);
    }
  });
});
