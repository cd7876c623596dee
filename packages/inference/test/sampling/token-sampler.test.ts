import type { GenerateOptions } from "@llama2-kit/protocol";
import { describe, expect, test } from "vitest";
import { readSamplingParameters } from "../../src/sampling/sampling-parameters.ts";
import { createTokenSampler } from "../../src/sampling/token-sampler.ts";
import { idsOf, useSamplingCria } from "./sampling-cria.ts";

const cria = useSamplingCria();
const story = () => cria().prompt("Tell me a story about a fox.");
const greedy = { temperature: 0 };

async function createSampler(options: GenerateOptions) {
  const { llama, model, native: context } = cria();
  const parameters = readSamplingParameters(options);
  return createTokenSampler({ llama, model, context, parameters, prompt: story() });
}

test("temperature 0 takes the likeliest token each time", async () => {
  const sampled = idsOf(await cria().generate(story(), greedy, 30));
  expect(cria().model.detokenize(sampled as never)).toMatch(/^Once upon a time there was a fox/);
  let logits = await cria().start(story());
  for (const token of sampled) {
    const [likeliest] = await cria().chain(logits, { temperature: 1, seed: 0, topK: 1 });
    expect(token).toBe(likeliest);
    logits = await cria().evaluate([token]);
  }
});

test("temperature 0 takes the likeliest token whatever else would drop it", async () => {
  const answer = cria().model.tokenize("Once upon a time there was a fox named", false);
  const prompt = [...story(), ...answer];
  const first = async (options: GenerateOptions) =>
    idsOf(await cria().generate(prompt, { topK: 0, typicalP: 0.0001, ...options }, 1))[0];
  const [likeliest] = idsOf(await cria().generate(prompt, greedy, 1));
  expect(await first({ temperature: 1e-6 })).not.toBe(likeliest);
  expect(await first(greedy)).toBe(likeliest);
  expect(await first({ ...greedy, dry: { multiplier: 1 }, repeatPenalty: 1.01 })).toBe(likeliest);
});

describe("the same seed draws the same tokens, another one others", () => {
  const kinds: [string, GenerateOptions][] = [
    ["the defaults", { temperature: 0.9 }],
    ["nothing cut", { temperature: 0.9, topK: 0, topP: 1 }],
    ["XTC", { temperature: 0.9, xtc: { probability: 0.5 } }],
    ["penalties and DRY", { repeatPenalty: 1.2, frequencyPenalty: 0.1, dry: { multiplier: 1 } }],
    ["typical-p", { typicalP: 0.6, temperature: 0.9 }],
    ["top-nσ", { topNSigma: 1, temperature: 0.9 }],
    ["mirostat", { mirostat: { tau: 3 }, temperature: 0.9 }],
    ["dynamic temperature", { dynamicTemperature: { range: 0.5 }, temperature: 0.9 }],
    [
      "all of ours",
      {
        temperature: 0.8,
        dynamicTemperature: { range: 0.5 },
        typicalP: 0.9,
        topNSigma: 2,
        xtc: { probability: 0.3 },
        repeatPenalty: 1.1,
        dry: { multiplier: 0.5 },
        logitBias: { 5: -100 },
      },
    ],
  ];

  test.each(kinds)("%s", async (_, options) => {
    const run = async (seed: number) =>
      idsOf(await cria().generate(story(), { ...options, seed }, 16));
    const first = await run(7);
    // In between, so that a sampler that is used again is one that has drawn.
    const others = await run(8);
    expect(await run(7)).toEqual(first);
    expect(others).not.toEqual(first);
  });
});

describe("logitBias", () => {
  test("bans a token, and lifts one", async () => {
    const [first = 0] = idsOf(await cria().generate(story(), greedy, 1));
    const lift = cria().model.tokenize("Hello", false)[0] as number;
    const cold = { temperature: 1e-6, seed: 1 };
    for (const more of [{}, { ...cold, topNSigma: 1 }, { ...cold, mirostat: {} }]) {
      const banned = { ...greedy, ...more, logitBias: { [first]: -100 } };
      expect(idsOf(await cria().generate(story(), banned, 1))).not.toContain(first);
      const lifted = { ...greedy, ...more, logitBias: { [lift]: 100 } };
      expect(idsOf(await cria().generate(story(), lifted, 3))).toEqual([lift, lift, lift]);
    }
  });

  test("refuses a token that the vocabulary does not have", async () => {
    await expect(createSampler({ logitBias: { 32000: 1 } })).rejects.toMatchObject({
      code: "BAD_PARAMETER",
      parameter: "logitBias",
      message: expect.stringContaining("from 0 to 31999"),
    });
  });
});

describe("repetitions", () => {
  const answer = "Once upon a time there was a fox named Lena. Lena had a bow. L";
  // The next one is "ena".
  const repeating = () => [...story(), ...cria().model.tokenize(answer, false)];
  const kinds: [string, GenerateOptions][] = [
    ["the repeat penalty", { repeatPenalty: 5 }],
    ["the frequency penalty", { frequencyPenalty: 2, presencePenalty: 2, logitBias: {} }],
    ["DRY", { dry: { multiplier: 50, allowedLength: 1 } }],
    ["DRY after a repeat penalty", { dry: { multiplier: 50, allowedLength: 1 }, repeatPenalty: 2 }],
  ];

  test.each(kinds)("%s sees the prompt, whichever samplers do it", async (_, options) => {
    const [usual = 0] = idsOf(await cria().generate(repeating(), greedy, 1));
    expect(cria().model.detokenize([usual as never])).toBe("ena");
    for (const more of [{}, { topNSigma: 50, temperature: 1e-6 }]) {
      const all = { ...greedy, ...options, ...more };
      const [token] = idsOf(await cria().generate(repeating(), all, 1));
      expect(token).not.toBe(usual);
    }
  });

  test("a penalty forgets what has left its window", async () => {
    const [usual] = idsOf(await cria().generate(repeating(), greedy, 1));
    const none = { ...greedy, repeatPenalty: 3, penaltyWindow: 0 };
    expect(idsOf(await cria().generate(repeating(), none, 1))).toEqual([usual]);
    const short = { ...greedy, repeatPenalty: 3, penaltyWindow: 1 };
    expect(idsOf(await cria().generate(repeating(), short, 1))).toEqual([usual]);
  });

  test("a window larger than any memory is none", async () => {
    const options = { ...greedy, repeatPenalty: 1.1, penaltyWindow: 2 ** 31 - 1 };
    expect(idsOf(await cria().generate(story(), options, 2))).toHaveLength(2);
  });
});

describe("where nothing is left", () => {
  // The letter that the grammar wants, in every token that begins with it.
  const withoutX = () =>
    Object.fromEntries(
      Array.from(cria().model.iterateAllTokens())
        .filter((token) => token === 91 || cria().model.detokenize([token], true).startsWith("X"))
        .map((token) => [token, -100]),
    );
  const grammar = 'root ::= "X"';

  test.each([
    ["greedy", { temperature: 0 }],
    ["drawn", { temperature: 1 }],
    ["ours", { temperature: 1, topNSigma: 3 }],
  ])("%s: an error says why", async (_, options) => {
    expect(idsOf(await cria().generate(story(), { ...options, grammar }, 1))).toHaveLength(1);
    const generating = cria().generate(story(), { ...options, grammar, logitBias: withoutX() }, 1);
    await expect(generating).rejects.toMatchObject({
      code: "GENERATION_FAILED",
      message: expect.stringMatching(/no token left.*grammar/),
    });
  });
});

test("an error of the engine stays what it is", async () => {
  const sampler = await createSampler({});
  await cria().start(story());
  await expect(sampler.sample(77)).rejects.toThrow();
  sampler.dispose();
});

test("disposing while a token is chosen waits for it, and twice is fine", async () => {
  const sampler = await createSampler({ temperature: 0.5, seed: 1, logprobs: 2 });
  const logits = await cria().start(story());
  const sampling = sampler.sample(logits);
  sampler.dispose();
  sampler.dispose();
  expect((await sampling).logprob?.top).toHaveLength(2);
});
