import type { GenerateOptions } from "@llama2-kit/protocol";
import { expect, test } from "vitest";
import { idsOf, useSamplingCria } from "./sampling-cria.ts";

const cria = useSamplingCria();
const story = () => cria().prompt("Tell me a story about a fox.");

test("greedy is the engine's greedy", async () => {
  const sampled = idsOf(await cria().generate(story(), { temperature: 0 }, 40));
  console.log(cria().model.detokenize(sampled as never));
  let logits = await cria().start(story());
  for (const token of sampled) {
    const [likeliest] = await cria().chain(logits, { temperature: 1, seed: 0, topK: 1 });
    expect(token).toBe(likeliest);
    logits = await cria().evaluate([token]);
  }
});

const kinds: Record<string, GenerateOptions> = {
  native: { temperature: 0.9, topK: 40, topP: 0.95, minP: 0.01 },
  "native, nothing cut": { temperature: 0.5, topK: 0, topP: 1 },
  "native, XTC": { temperature: 0.9, xtc: { probability: 0.5 } },
  "native, penalties": { temperature: 0.9, repeatPenalty: 1.2, frequencyPenalty: 0.1 },
  "native, DRY": { temperature: 0.9, dry: { multiplier: 1 } },
  "typical-p": { temperature: 0.9, typicalP: 0.6 },
  "top-n-sigma": { temperature: 0.9, topNSigma: 1 },
  mirostat: { temperature: 0.9, mirostat: { tau: 3 } },
  "dynamic temperature": { temperature: 0.8, dynamicTemperature: { range: 0.5 } },
  "all of ours": {
    temperature: 0.8,
    dynamicTemperature: { range: 0.5 },
    typicalP: 0.9,
    topNSigma: 2,
    xtc: { probability: 0.3 },
    repeatPenalty: 1.1,
    dry: { multiplier: 0.5 },
    logitBias: { 5: -100 },
  },
};

test.each(Object.entries(kinds))("%s: the same seed, the same tokens", async (_, options) => {
  const first = await cria().generate(story(), { ...options, seed: 7 }, 24);
  const again = await cria().generate(story(), { ...options, seed: 7 }, 24);
  console.log(cria().model.detokenize(idsOf(first) as never));
  expect(idsOf(again)).toEqual(idsOf(first));
  const others = await Promise.resolve(cria().generate(story(), { ...options, seed: 8 }, 24));
  expect(idsOf(others)).not.toEqual(idsOf(first));
});

test("json", async () => {
  const prompt = cria().prompt("Describe a fox.");
  const jsonSchema = {
    type: "object",
    properties: {
      name: { type: "string", maxLength: 20 },
      age: { type: "integer" },
      kind: { enum: ["fox", "dog"] },
    },
  };
  for (const options of [
    { temperature: 0 },
    { temperature: 0.8, seed: 3 },
    { mirostat: {}, seed: 3 },
  ]) {
    const sampled = await cria().generate(prompt, { ...options, jsonSchema }, 100);
    console.log(JSON.stringify(cria().model.detokenize(idsOf(sampled) as never)));
  }
});
