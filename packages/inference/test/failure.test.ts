import { criaModelPath } from "@llama2-kit/cria";
import { createGenerationStream, type GenerateOptions } from "@llama2-kit/protocol";
import { getLlama, type LlamaContextSequence, LlamaLogLevel, type Token } from "node-llama-cpp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generate } from "../src/generate.ts";
import { readSamplingParameters } from "../src/sampling/sampling-parameters.ts";

let sequence: LlamaContextSequence;
beforeAll(async () => {
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled });
  const model = await llama.loadModel({ modelPath: criaModelPath });
  sequence = (await model.createContext({ contextSize: 512, threads: 1 })).getSequence();
});
afterAll(() => sequence.model.dispose());

function run(on: LlamaContextSequence, options: GenerateOptions = {}) {
  const prompt = [1 as Token, ...sequence.model.tokenize("[INST] Tell me a story. [/INST]")];
  const parameters = readSamplingParameters({ temperature: 0, ...options });
  return createGenerationStream((controller) =>
    generate(
      { sequence: on, contextSize: 512, prefillChunk: 128 },
      { prompt, parameters, textKind: "message", startedAt: performance.now() },
      controller,
    ),
  );
}

/** The sequence, but it breaks after some tokens. */
function breaking(after: number): LlamaContextSequence {
  return new Proxy(sequence, {
    get(target, property) {
      if (property === "evaluate") return evaluateAndBreak;
      const value = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

  async function* evaluateAndBreak(...args: Parameters<LlamaContextSequence["evaluate"]>) {
    let count = 0;
    for await (const token of sequence.evaluate(...args)) {
      if (count++ === after) throw new Error("llama_decode failed");
      yield token;
    }
  }
}

test("text that was held back when it failed is part of the text so far", async () => {
  const whole = await run(breaking(5)).result.catch((reason) => reason.partialText);
  const held = await run(breaking(5), { stop: `${whole}x` }).result.catch(
    (reason) => reason.partialText,
  );
  expect(held).toBe(whole);
});

test("a failure within llama.cpp is typed, carries the text so far, and leaves nothing behind", async () => {
  const story = await run(sequence).text();
  const error = await run(breaking(5)).result.catch((reason) => reason);
  expect(error).toMatchObject({
    code: "GENERATION_FAILED",
    message: "llama.cpp failed to generate: llama_decode failed",
    cause: { message: "llama_decode failed" },
  });
  expect(error.partialText).not.toBe("");
  expect(story.startsWith(error.partialText)).toBe(true);
  expect(sequence.contextTokens).toEqual([]);
  expect(await run(sequence).text()).toBe(story);
});
