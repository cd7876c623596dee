/**
 * The cases of llama.cpp's tests/test-sampling.cpp (MIT), at the version that node-llama-cpp builds: what each
 * sampler leaves of a small distribution. llama.cpp compares to 1e-5, and so does this.
 */
import { describe, expect, test } from "vitest";
import { type Candidates, candidatesOf, softmax } from "../../src/sampling/candidates.ts";
import { applyDry, dryPenalties } from "../../src/sampling/dry.ts";
import { minP } from "../../src/sampling/min-p.ts";
import { applyPenalties } from "../../src/sampling/penalties.ts";
import { applyDynamicTemperature, applyTemperature } from "../../src/sampling/temperature.ts";
import { topK } from "../../src/sampling/top-k.ts";
import { topNSigma } from "../../src/sampling/top-n-sigma.ts";
import { topP } from "../../src/sampling/top-p.ts";
import { typicalP } from "../../src/sampling/typical-p.ts";
import { excludeTopChoices } from "../../src/sampling/xtc.ts";

const FOUR = [0.1, 0.2, 0.3, 0.4];
const FIVE = [0.2, 0.2, 0.2, 0.2, 0.2];

function of(probabilities: readonly number[]): Candidates {
  return candidatesOf(probabilities.map(Math.log));
}

function expectLeft(left: Candidates, expected: readonly number[]): void {
  const probabilities = softmax(left);
  expect(probabilities).toHaveLength(expected.length);
  expected.forEach((probability, index) => {
    expect(probabilities[index]).toBeCloseTo(probability, 5);
  });
}

test.each([
  [1, FOUR],
  [0, [0, 0, 0, 1]],
])("temperature %f", (temperature, expected) => {
  expectLeft(applyTemperature(of(FOUR), temperature), expected);
});

test.each([
  [1, FOUR],
  [0, [0, 0, 0, 1]],
])("dynamic temperature %f without a range", (temperature, expected) => {
  const dynamic = { range: 0, exponent: 1 };
  expectLeft(applyDynamicTemperature(of(FOUR), temperature, dynamic), expected);
});

test.each([
  [1, [1]],
  [3, [0.44444, 0.33333, 0.22222]],
  [4, [0.4, 0.3, 0.2, 0.1]],
  [0, [0.1, 0.2, 0.3, 0.4]],
])("top-k %i", (k, expected) => {
  expectLeft(topK(of(FOUR), k), expected);
});

test.each([
  [0, [1]],
  [0.7, [0.571429, 0.428571]],
  [0.8, [0.44444, 0.33333, 0.22222]],
  [1, [0.1, 0.2, 0.3, 0.4]],
])("top-p %f", (p, expected) => {
  expectLeft(topP(of(FOUR), p), expected);
});

test.each([
  [0, [0.1, 0.2, 0.3, 0.4]],
  [0.24, [0.1, 0.2, 0.3, 0.4]],
  [0.26, [0.2 / 0.9, 0.3 / 0.9, 0.4 / 0.9]],
  [0.49, [0.2 / 0.9, 0.3 / 0.9, 0.4 / 0.9]],
  [0.51, [0.3 / 0.7, 0.4 / 0.7]],
  [0.74, [0.3 / 0.7, 0.4 / 0.7]],
  [0.76, [1]],
  [1, [1]],
  [1.05, [1]],
])("min-p %f", (p, expected) => {
  expectLeft(minP(of(FOUR), p), expected);
});

describe("XTC", () => {
  const falling = [0.4, 0.3, 0.2, 0.1];
  test.each([
    [0.09, [0.1]],
    [0.19, [0.2, 0.1]],
    [0.29, [0.3, 0.2, 0.1]],
    [0.39, falling],
  ])("threshold %f", (threshold, expected) => {
    const left = excludeTopChoices(of(falling), { probability: 0.99, threshold }, () => 0.5);
    // llama.cpp's expectations are those before the rest is scaled up to 1.
    const sum = expected.reduce((a, b) => a + b);
    expectLeft(
      left,
      expected.map((probability) => probability / sum),
    );
  });
});

test.each([
  [[0.97, 0.01, 0.01, 0.01], [1]],
  [
    [0.4, 0.2, 0.2, 0.2],
    [1 / 3, 1 / 3, 1 / 3],
  ],
])("typical-p 0.5 of %j", (probabilities, expected) => {
  expectLeft(typicalP(of(probabilities), 0.5), expected);
});

test.each([
  [[0], [0, 0.25, 0.25, 0.25, 0.25], 50, 0, 0],
  [[0, 1, 2], [0, 0, 0, 0.5, 0.5], 50, 0, 0],
  [[0, 1, 2, 0, 0], [0, 0, 0, 0.5, 0.5], 50, 0, 0],
  [[0], [0.000011, 0.249997, 0.249997, 0.249997, 0.249997], 1, 5, 5],
  [[0, 1, 2], [0.000023, 0.000023, 0.000023, 0.499966, 0.499966], 1, 5, 5],
  [[0, 1, 2, 0, 0], [0, 0.000023, 0.000023, 0.499977, 0.499977], 1, 5, 5],
])("penalties after %j", (recent, expected, repeatPenalty, frequencyPenalty, presencePenalty) => {
  const penalties = { repeatPenalty, frequencyPenalty, presencePenalty };
  expectLeft(applyPenalties(of(FIVE), recent, penalties), expected);
});

test.each([
  [1, 2, 4, [0, 1], [], [0.25, 0.25, 0.25, 0.25]],
  [1, 2, 5, [0, 1, 2, 0, 1], [], [0.296923, 0.296923, 0.109232, 0.296923]],
  [1, 2, 6, [0, 1, 3, 4, 0, 1], [3], FIVE],
  [2, 2, 5, [0, 1, 2, 0, 1], [], [0.241818, 0.241818, 0.032727, 0.241818, 0.241818]],
  [1, 4, 7, [0, 1, 2, 3, 4, 0, 1], [], FIVE],
])("DRY %f, %i, %i after %j", (multiplier, allowedLength, window, history, breakers, expected) => {
  const dry = { multiplier, base: 1.1, allowedLength, window, breakers: [] };
  const heads = new Map(breakers.map((token): [number, number[][]] => [token, [[]]]));
  const before = of(expected.map(() => 1 / expected.length));
  expectLeft(applyDry(before, dryPenalties(history, dry, heads)), expected);
});

test.each([
  [1, [0, 0, 0.428571, 0.571429]],
  [0, FOUR],
  [3, FOUR],
])("top-n-sigma %i", (n, expected) => {
  expectLeft(topNSigma(of(FOUR), n), expected);
});

describe("queues over 10,000 tokens whose probability is their id", () => {
  const size = 10_000;
  const all = candidatesOf(Float32Array.from({ length: size }, (_, id) => Math.log(id)));
  const k = (left: Candidates) => topK(left, 100);
  const p = (left: Candidates) => topP(left, 0.8);
  const m = (left: Candidates) => minP(left, 0.1);
  const steep = (left: Candidates) => minP(left, 9997.9 / 9999);

  test.each<[string, ((left: Candidates) => Candidates)[], number, number]>([
    ["top-k of all", [(left) => topK(left, size)], size, 0],
    ["top-k 1", [(left) => topK(left, 1)], 1, 9999],
    ["top-p 0", [(left) => topP(left, 0)], 1, 9999],
    ["top-p 0.0003", [(left) => topP(left, 0.0003)], 2, 9998],
    ["top-p 0.8", [p], 5528, 4472],
    ["min-p 1", [(left) => minP(left, 1)], 1, 9999],
    ["min-p 1e-12", [(left) => minP(left, 1e-12)], 9999, 1],
    ["min-p 0.1", [m], 9000, 1000],
    ["min-p, steep", [steep], 2, 9998],
    ["k p", [k, p], 80, 9920],
    ["k m", [k, m], 100, 9900],
    ["p k", [p, k], 100, 9900],
    ["p m", [p, m], 5528, 4472],
    ["m k", [m, k], 100, 9900],
    ["m p", [m, p], 5440, 4560],
    ["steep m, p", [steep, p], 2, 9998],
    ["k p m", [k, p, m], 80, 9920],
    ["p m k", [p, m, k], 100, 9900],
    ["m k p", [m, k, p], 80, 9920],
  ])("%s", (_, queue, count, lowest) => {
    const left = queue.reduce((before, sampler) => sampler(before), all);
    expect(left.ids).toHaveLength(count);
    expect(Math.max(...left.ids)).toBe(9999);
    expect(Math.min(...left.ids)).toBe(lowest);
  });
});
