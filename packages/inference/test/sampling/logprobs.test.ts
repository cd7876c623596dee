import { describe, expect, test } from "vitest";
import { fromProbabilities } from "../../src/sampling/candidate-reader.ts";
import { LogprobReader } from "../../src/sampling/logprob-reader.ts";
import { nativeSampling } from "../../src/sampling/native-sampler.ts";
import { useSamplingCria } from "./sampling-cria.ts";

const cria = useSamplingCria();

/** From beginnings after which the model is sure to those after which it is lost. */
const ANSWERS = [
  "",
  "Once upon",
  "Once there was a",
  "Once upon a time there was a fox named",
  " the the the the",
  "x y z q",
];

/** Where the logits after an answer are, and the log probabilities of all tokens in 64 bits. */
async function startAfter(answer: string) {
  const { model } = cria();
  const prompt = cria().prompt("Tell me a story about a fox.");
  const logits = await cria().start([...prompt, ...model.tokenize(answer, false)]);
  const list = await cria().chain(logits, { temperature: 4, seed: 0, topK: 0 });
  const { ids, logits: relative } = fromProbabilities(list, 4);
  const highest = relative[0] ?? 0;
  const sum = relative.reduce((total, logit) => total + Math.exp(logit - highest), 0);
  const logprobs = relative.map((logit) => logit - highest - Math.log(sum));
  return { logits, ids, logprobs };
}

function createReader(count: number): LogprobReader {
  const { llama, model, native } = cria();
  return new LogprobReader(nativeSampling(llama), model, native, count);
}

describe.each(ANSWERS)("after %j", (answer) => {
  test("they are those of a softmax of all, wherever the token is in the list", async () => {
    const { logits, ids, logprobs } = await startAfter(answer);
    const reader = createReader(5);
    for (const place of [0, 1, 4, 39, 40, 41, 500, 2001, 31_999]) {
      const { logprob, top } = await reader.read(logits, ids[place] ?? 0);
      expect(Math.abs(logprob - (logprobs[place] ?? 0))).toBeLessThan(1e-4);
      expect(top.map(({ token }) => token)).toEqual([...ids.slice(0, 5)]);
      top.forEach((alternative, index) => {
        expect(Math.abs(alternative.logprob - (logprobs[index] ?? 0))).toBeLessThan(1e-4);
      });
    }
    reader.dispose();
  });
});

test.each([0, 1, 100, 3000, 40_000])("%i alternatives", async (count) => {
  const { logits, ids, logprobs } = await startAfter("");
  const reader = createReader(count);
  const { logprob, top } = await reader.read(logits, ids[0] ?? 0);
  expect(logprob).toBeCloseTo(logprobs[0] ?? 0, 4);
  expect(top).toHaveLength(Math.min(count, 32_000));
  top.forEach((alternative, index) => {
    expect(Math.abs(alternative.logprob - (logprobs[index] ?? 0))).toBeLessThan(1e-4);
  });
  reader.dispose();
});

test("they are the model's own, whatever it is sampled with", async () => {
  const prompt = cria().prompt("Tell me a story about a fox.");
  const banned = cria().model.tokenize("Once", false)[0] as number;
  const plain = await cria().generate(prompt, { temperature: 0, logprobs: 3 }, 4);
  for (const { token, logprob } of plain) {
    expect(logprob?.top[0]).toEqual({ token, logprob: logprob?.logprob });
    expect(logprob?.logprob).toBeLessThanOrEqual(0);
  }
  const [changed] = await cria().generate(
    prompt,
    {
      temperature: 2,
      topNSigma: 1,
      repeatPenalty: 1.5,
      logitBias: { [banned]: -100 },
      logprobs: 3,
    },
    1,
  );
  expect(changed?.logprob?.top).toEqual(plain[0]?.logprob?.top);
  expect(changed?.logprob?.top[0]?.token).toBe(banned);
  expect(changed?.logprob?.logprob).toBeLessThan(changed?.logprob?.top[0]?.logprob ?? 0);
});

test("none are told where none are asked for", async () => {
  const [token] = await cria().generate(cria().prompt("Hi!"), { temperature: 0 }, 1);
  expect(token).not.toHaveProperty("logprob");
});
