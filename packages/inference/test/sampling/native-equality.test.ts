/** Our samplers against llama.cpp's own, on what cria computes. */
import type { GenerateOptions } from "@llama2-kit/protocol";
import { describe, expect, test } from "vitest";
import { fromProbabilities } from "../../src/sampling/candidate-reader.ts";
import {
  type Candidates,
  candidatesOf,
  likeliestFirst,
  pick,
  softmax,
  sortCandidates,
} from "../../src/sampling/candidates.ts";
import { dryPenalties } from "../../src/sampling/dry.ts";
import { findBreakers } from "../../src/sampling/dry-breakers.ts";
import { startGrammar } from "../../src/sampling/grammar.ts";
import { applyLogitBias } from "../../src/sampling/logit-bias.ts";
import { minP } from "../../src/sampling/min-p.ts";
import { type NativeSamplerConfig, nativeSampling } from "../../src/sampling/native-sampler.ts";
import { NativeTokenSampler } from "../../src/sampling/native-token-sampler.ts";
import { applyPenalties } from "../../src/sampling/penalties.ts";
import type { SamplerParts } from "../../src/sampling/sampler-parts.ts";
import { readSamplingParameters } from "../../src/sampling/sampling-parameters.ts";
import { ScriptedTokenSampler } from "../../src/sampling/scripted-token-sampler.ts";
import { applyTemperature } from "../../src/sampling/temperature.ts";
import { TokenHistory } from "../../src/sampling/token-history.ts";
import { topK } from "../../src/sampling/top-k.ts";
import { topP } from "../../src/sampling/top-p.ts";
import { useSamplingCria } from "./sampling-cria.ts";

const cria = useSamplingCria();
/** Beginnings of answers at which the model is more and less sure. */
const ANSWERS = ["", "Once upon", "Once upon a time there was a fox named", "Once there was a"];

async function forEachPosition(check: (logits: number, all: Candidates) => Promise<void>) {
  for (const answer of ANSWERS) {
    const prompt = cria().prompt("Tell me a story about a fox.");
    const logits = await cria().start([...prompt, ...cria().model.tokenize(answer, false)]);
    await check(logits, await everything(logits));
  }
}

/** All candidates, with their logits as the model computed them. */
async function everything(logits: number): Promise<Candidates> {
  const relative = fromProbabilities(
    await cria().chain(logits, { temperature: 4, seed: 0, topK: 0 }),
    4,
  );
  // Probabilities tell logits up to a constant. A repeat penalty of 2 takes half of a positive logit away.
  const [likeliest = 0, second = 0] = relative.ids;
  const [before = 0, other = 0] = relative.logits;
  const highest = 2 * (before - other - (await leadAfterPenalty(logits, likeliest, second)));
  const absolute: number[] = [];
  relative.ids.forEach((id, index) => {
    absolute[id] = (relative.logits[index] ?? 0) - before + highest;
  });
  return candidatesOf(absolute);
}

/** How far one token is above another once its logit has been halved. */
async function leadAfterPenalty(logits: number, token: number, other: number): Promise<number> {
  const list = await cria().chain(logits, {
    temperature: 4,
    seed: 0,
    topK: 0,
    repeatPenalty: 2,
    repeatPenaltyTokens: Uint32Array.of(token),
  });
  const { ids, logits: left } = fromProbabilities(list, 4);
  return (left[ids.indexOf(token)] ?? 0) - (left[ids.indexOf(other)] ?? 0);
}

/**
 * Expects the same tokens with the same probabilities. Of tokens that are as likely as the last one, of which cria
 * has thousands that it never learnt, any may be there.
 */
function expectSame(ours: Candidates, list: readonly number[]): void {
  const theirs = fromProbabilities(list, 1);
  // In the order that the addon sums them up in.
  const sorted = sortCandidates(ours);
  const probabilities = softmax(sorted);
  expect(sorted.ids.length).toBe(theirs.ids.length);
  const worst = probabilities.reduce(
    (distance, probability, index) =>
      Math.max(distance, Math.abs(probability - Math.exp(theirs.logits[index] ?? 0))),
    0,
  );
  expect(worst).toBeLessThan(2e-6);
  const last = (theirs.logits.at(-1) ?? 0) + 1e-5;
  const others = new Set(theirs.ids);
  const missing = Array.from(sorted.ids).filter(
    (id, index) => !others.has(id) && Math.log(probabilities[index] ?? 0) > last,
  );
  expect(missing).toEqual([]);
}

const seed = 0;
const samplers: [string, (all: Candidates) => Candidates, NativeSamplerConfig][] = [
  ["top-k 40", (all) => topK(all, 40), { temperature: 1, seed, topK: 40 }],
  ["top-k 300", (all) => topK(all, 300), { temperature: 1, seed, topK: 300 }],
  ["top-p 0.9", (all) => topP(all, 0.9), { temperature: 1, seed, topP: 0.9 }],
  ["top-p 0.3", (all) => topP(all, 0.3), { temperature: 1, seed, topP: 0.3 }],
  ["min-p 0.05", (all) => minP(all, 0.05), { temperature: 1, seed, minP: 0.05 }],
  ["temperature 0.5", (all) => applyTemperature(all, 0.5), { temperature: 0.5, seed }],
  ["temperature 1.7", (all) => applyTemperature(all, 1.7), { temperature: 1.7, seed }],
  [
    "all of these",
    (all) => applyTemperature(minP(topP(topK(all, 40), 0.95), 0.02), 0.8),
    { temperature: 0.8, seed, topK: 40, topP: 0.95, minP: 0.02 },
  ],
];

test.each(samplers)("%s leaves the same tokens as probable", async (_, ours, config) => {
  await forEachPosition(async (logits, all) => {
    expectSame(ours(all), await cria().chain(logits, config));
  });
});

test("penalties and bias come to the same probabilities", async () => {
  await forEachPosition(async (logits, all) => {
    const { ids } = pick(all, likeliestFirst(all));
    const recent = [...ids.slice(0, 3), ...ids.slice(0, 2), ...ids.slice(-2)];
    const [likeliest = 0, , third = 0] = ids;
    const bias = new Map([
      [likeliest, -2],
      [third, Number.NEGATIVE_INFINITY],
    ]);
    for (const repeatPenalty of [1, 1.3, 0.8]) {
      const penalties = { repeatPenalty, frequencyPenalty: 0.3, presencePenalty: -0.4 };
      const ours = topK(applyPenalties(applyLogitBias(all, bias), recent, penalties), 50);
      const list = await cria().chain(logits, {
        temperature: 1,
        seed,
        topK: 50,
        tokenBiasKeys: Uint32Array.from(bias.keys()),
        tokenBiasValues: Float32Array.from(bias.values()),
        repeatPenalty,
        repeatPenaltyFrequencyPenalty: 0.3,
        repeatPenaltyPresencePenalty: -0.4,
        repeatPenaltyTokens: Uint32Array.from(recent),
      });
      expectSame(ours, list);
    }
  });
});

describe("our chain draws the tokens that llama.cpp draws with the same seed", () => {
  const options: [string, GenerateOptions][] = [
    ["the defaults", {}],
    ["a high temperature", { temperature: 1.5, topK: 200, topP: 1 }],
    ["greedy", { temperature: 0 }],
    // With a top-k, as min-p alone leaves llama.cpp's candidates in the order of their ids, and ours sorted.
    ["min-p", { temperature: 1.5, topK: 1000, topP: 1, minP: 0.02 }],
    ["XTC", { temperature: 1.2, xtc: { probability: 0.6, threshold: 0.05 } }],
    ["a repeat penalty", { temperature: 1, repeatPenalty: 1.3, penaltyWindow: 12 }],
    ["all penalties", { repeatPenalty: 1.1, frequencyPenalty: 0.5, presencePenalty: 0.5 }],
    ["DRY", { temperature: 1, dry: { multiplier: 3, allowedLength: 1 } }],
    ["a bias", { temperature: 1, logitBias: { 263: -100, 727: 3 } }],
    ["a grammar", { temperature: 1, grammar: 'root ::= [A-Z] [a-z ]+ "."' }],
  ];

  test.each(options)("%s", async (_, given) => {
    const prompt = cria().prompt("Tell me a story about a fox.");
    for (const number of [1, 2]) {
      const parameters = readSamplingParameters({ ...given, seed: number });
      const native = await generate(NativeTokenSampler, parameters, prompt);
      const ours = await generate(ScriptedTokenSampler, parameters, prompt);
      expect(ours).toEqual(native);
    }
  });

  async function generate(
    Chooser: typeof NativeTokenSampler | typeof ScriptedTokenSampler,
    parameters: SamplerParts["parameters"],
    prompt: readonly number[],
  ): Promise<number[]> {
    const { llama, model, native: context } = cria();
    const { dry } = parameters;
    const classes = nativeSampling(llama);
    const parts: SamplerParts = {
      native: classes,
      model,
      context,
      parameters,
      history: new TokenHistory(prompt),
      dry: dry && {
        penalties: (tokens) => dryPenalties(tokens, dry, findBreakers(model, dry.breakers)),
      },
    };
    const chooser = new Chooser(parts, await startGrammar(classes, model, parameters));
    const tokens: number[] = [];
    let logits = await cria().start(prompt);
    while (tokens.length < 30 && !model.isEogToken(tokens.at(-1) as never)) {
      const token = await chooser.choose(logits);
      tokens.push(token);
      logits = await cria().evaluate([token]);
    }
    chooser.dispose();
    return tokens;
  }
});
