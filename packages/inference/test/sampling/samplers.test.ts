import { describe, expect, test } from "vitest";
import {
  type Candidates,
  candidatesOf,
  entropyOf,
  softmax,
  sortCandidates,
} from "../../src/sampling/candidates.ts";
import { cutCandidates } from "../../src/sampling/cut.ts";
import { draw } from "../../src/sampling/draw.ts";
import { dryPenalties } from "../../src/sampling/dry.ts";
import { applyLogitBias } from "../../src/sampling/logit-bias.ts";
import { minP } from "../../src/sampling/min-p.ts";
import { boundSurprise, firstMirostatBound, mirostat } from "../../src/sampling/mirostat.ts";
import { applyPenalties } from "../../src/sampling/penalties.ts";
import { MersenneTwister } from "../../src/sampling/random.ts";
import { applyDynamicTemperature, applyTemperature } from "../../src/sampling/temperature.ts";
import { topK } from "../../src/sampling/top-k.ts";
import { topNSigma } from "../../src/sampling/top-n-sigma.ts";
import { topP } from "../../src/sampling/top-p.ts";
import { typicalP } from "../../src/sampling/typical-p.ts";
import { excludeTopChoices } from "../../src/sampling/xtc.ts";

const BANNED = Number.NEGATIVE_INFINITY;
const logitsOf = (probabilities: readonly number[]) => probabilities.map(Math.log);

describe("by hand", () => {
  test("sorting keeps the order of what is equal, and puts what is impossible last", () => {
    const { ids, logits } = sortCandidates(candidatesOf([1, BANNED, 3, 1, BANNED, 3]));
    expect([...ids]).toEqual([2, 5, 0, 3, 1, 4]);
    expect([...logits]).toEqual([3, 3, 1, 1, BANNED, BANNED]);
  });

  test("a bias is added, and bans", () => {
    const biased = applyLogitBias(
      candidatesOf([1, 2, 3]),
      new Map([
        [0, 2.5],
        [2, BANNED],
      ]),
    );
    expect([...biased.logits]).toEqual([3.5, 2, BANNED]);
  });

  test("the repeat penalty divides what is positive and multiplies what is not", () => {
    const penalties = { repeatPenalty: 2, frequencyPenalty: 0.25, presencePenalty: 0.5 };
    const left = applyPenalties(candidatesOf([3, -3, 0, 3]), [0, 1, 1, 2], penalties);
    expect([...left.logits]).toEqual([1.5 - 0.75, -6 - 1, -0.75, 3]);
  });

  test("a temperature divides; a dynamic one is in the middle of its range for half the entropy", () => {
    expect([...applyTemperature(candidatesOf([1, 2, -4]), 0.5).logits]).toEqual([2, 4, -8]);
    // Four tokens of which two are possible: an entropy of 1 of 2 bits.
    const half = candidatesOf([8, 8, BANNED, BANNED]);
    const linear = applyDynamicTemperature(half, 1, { range: 0.5, exponent: 1 });
    expect([...linear.logits]).toEqual([8, 8, BANNED, BANNED]);
    const curved = applyDynamicTemperature(half, 1, { range: 0.5, exponent: 2 });
    expect(curved.logits[0]).toBeCloseTo(8 / 0.75, 5);
    const even = applyDynamicTemperature(candidatesOf([8, 8]), 1, { range: 3, exponent: 1 });
    expect([...even.logits]).toEqual([2, 2]);
    const sure = applyDynamicTemperature(candidatesOf([0, 200]), 1, { range: 3, exponent: 1 });
    expect([...sure.logits]).toEqual([200, BANNED]);
  });

  test("top-p keeps the token that reaches the sum", () => {
    const candidates = candidatesOf(logitsOf([0.25, 0.5, 0.25]));
    expect([...topP(candidates, 0.5).ids]).toEqual([1]);
    expect([...topP(candidates, 0.51).ids]).toEqual([1, 0]);
  });

  test("top-nσ measures the deviation without what is impossible", () => {
    // Mean 2, deviation sqrt((4 + 0 + 4) / 3) = 1.633.
    const candidates = candidatesOf([0, 2, 4, BANNED]);
    expect([...topNSigma(candidates, 1).logits]).toEqual([BANNED, BANNED, 4, BANNED]);
    expect([...topNSigma(candidates, 1.3).logits]).toEqual([BANNED, 2, 4, BANNED]);
  });

  test("typical-p prefers the expected surprise to the likeliest token", () => {
    // The surprises are 1, 2, 3 and 3 bits, the entropy is 1.75: distances of 0.75, 0.25, 1.25 and 1.25.
    const candidates = candidatesOf(logitsOf([0.5, 0.25, 0.125, 0.125]));
    expect(entropyOf(softmax(candidates)) / Math.LN2).toBeCloseTo(1.75, 5);
    expect([...typicalP(candidates, 0.2).ids]).toEqual([1]);
    expect([...typicalP(candidates, 0.7).ids]).toEqual([1, 0]);
    expect([...typicalP(candidates, 0.8).ids]).toEqual([1, 0, 2]);
  });

  test("typical-p does without what is impossible", () => {
    const candidates = candidatesOf([...logitsOf([0.5, 0.25, 0.125, 0.125]), BANNED]);
    expect([...typicalP(candidates, 0.7).ids]).toEqual([1, 0]);
  });

  test("XTC keeps the least likely of the top choices, and acts by chance", () => {
    const candidates = candidatesOf(logitsOf([0.1, 0.3, 0.4, 0.2]));
    const xtc = { probability: 0.5, threshold: 0.15 };
    expect([...excludeTopChoices(candidates, xtc, () => 0.5).ids]).toEqual([3, 0]);
    expect(excludeTopChoices(candidates, xtc, () => 0.51)).toBe(candidates);
    const one = { probability: 1, threshold: 0.35 };
    expect([...excludeTopChoices(candidates, one, () => 0).ids]).toEqual([2, 1, 3, 0]);
  });

  test("XTC draws no number where there is nothing to drop", () => {
    const unused = () => {
      throw new Error("drawn");
    };
    const single = candidatesOf([1]);
    expect(excludeTopChoices(single, { probability: 1, threshold: 0 }, unused)).toBe(single);
  });

  test("a draw goes through the candidates until their probabilities reach the number", () => {
    const candidates = candidatesOf(logitsOf([0.5, 0.25, 0.25]));
    expect([0, 0.49, 0.51, 0.74, 0.76, 0.999].map((random) => draw(candidates, random))).toEqual([
      0, 0, 1, 1, 2, 2,
    ]);
    expect(draw(candidatesOf([BANNED, 5, BANNED]), 0)).toBe(1);
    expect(draw(candidatesOf([BANNED, BANNED]), 0.5)).toBe(-1);
    expect(draw(candidatesOf([Number.NaN, 1]), 0.5)).toBe(-1);
    expect(draw(candidatesOf([]), 0.5)).toBe(-1);
  });

  test("mirostat moves its bound by the surprise of what it draws", () => {
    const parameters = { tau: 1.5, eta: 0.5 };
    // Surprises of 1, 2, 3 and 3 bits.
    const candidates = candidatesOf(logitsOf([0.5, 0.25, 0.125, 0.125]));
    expect(firstMirostatBound(parameters)).toBe(3);
    expect([...boundSurprise(candidates, 2.5).ids]).toEqual([0, 1]);
    expect([...boundSurprise(candidates, 0.5).ids]).toEqual([0]);
    const { left, place, bound } = mirostat(candidates, parameters, 2.5, () => 0.9);
    expect(left.ids[place]).toBe(1);
    // Of the two left it has a third: log2(3) = 1.585 bits.
    expect(bound).toBeCloseTo(2.5 - 0.5 * (Math.log2(3) - 1.5), 5);
    const unused = () => {
      throw new Error("drawn");
    };
    const alone = mirostat(candidates, parameters, 0.5, unused);
    expect(alone.left.ids[alone.place]).toBe(0);
    expect(alone.bound).toBeCloseTo(0.5 + 0.5 * 1.5, 5);
  });
});

describe("DRY", () => {
  const dry = { multiplier: 1, base: 2, allowedLength: 2, window: Infinity, breakers: [] };
  const letters = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));
  const penaltiesOf = (text: string, options = {}, breakers = new Map<number, number[][]>()) => {
    const penalties = dryPenalties(letters(text), { ...dry, ...options }, breakers);
    return Object.fromEntries(
      Array.from(penalties, ([token, penalty]) => [String.fromCharCode(token), penalty]),
    );
  };

  test("penalises what would go on with a repetition, by its length", () => {
    // The example in llama.cpp's source: c would make 4 of 3, y 3 of 2; b would make 2 of 1.
    expect(penaltiesOf("abccbcyabc")).toEqual({ c: 2, y: 1 });
    expect(penaltiesOf("abccbcyabc", { allowedLength: 1 })).toEqual({ c: 4, y: 2, b: 1 });
    expect(penaltiesOf("abcxyz")).toEqual({});
  });

  test("a window hides what is before it", () => {
    expect(penaltiesOf("abcxxabc", { window: 7 })).toEqual({ x: 1 });
    expect(penaltiesOf("abcxxabc", { window: 6 })).toEqual({});
    expect(penaltiesOf("abcxxabc")).toEqual({ x: 2 });
  });

  test("breakers end a repetition, and are not penalised themselves", () => {
    const head = (letter: string, ...tails: string[]) =>
      new Map([[letter.charCodeAt(0), tails.map(letters)]]);
    expect(penaltiesOf("ab:cdxab:cd", {}, head(":", ""))).toEqual({ x: 1 });
    expect(penaltiesOf("ab:cdxab:cd")).toEqual({ x: 8 });
    expect(penaltiesOf("ab:cdxab:c", {}, head(":", ""))).toEqual({});
    expect(penaltiesOf("abc:xabc", {}, head(":", ""))).toEqual({});
    // Of two tokens: only together.
    expect(penaltiesOf("abc->dexabc->de", {}, head("-", ">"))).toEqual({ x: 1 });
    expect(penaltiesOf("abc->dexabc->de", {}, head("-", "!"))).toEqual({ x: 32 });
  });

  test("lengths are those of a search by hand, for many texts", () => {
    const random = new MersenneTwister(5);
    for (let round = 0; round < 300; round++) {
      const size = 2 + (random.next() % 40);
      const history = Array.from({ length: size }, () => random.next() % (2 + (round % 3)));
      const expected = new Map<number, number>();
      for (let next = 1; next < size; next++) {
        let length = 0;
        while (length < next && history[next - 1 - length] === history[size - 1 - length]) length++;
        const token = history[next] as number;
        if (length >= 2) {
          expected.set(token, Math.max(expected.get(token) ?? 0, 2 ** (length - 2)));
        }
      }
      expect(dryPenalties(history, dry, new Map())).toEqual(expected);
    }
  });

  test("a long repetition stays finite in 32 bits", () => {
    const penalties = dryPenalties(Array<number>(500).fill(1), { ...dry, base: 1.75 }, new Map());
    const penalty = penalties.get(1) ?? Infinity;
    expect(Math.fround(penalty)).toBeLessThan(Infinity);
    expect(penalty).toBeGreaterThan(1e38);
  });
});

describe("for many distributions", () => {
  const cut = { topNSigma: 2, topK: 30, typicalP: 0.9, topP: 0.9, minP: 0.02, xtc: undefined };
  const samplers: Record<string, (candidates: Candidates) => Candidates> = {
    "top-nσ": (candidates) => topNSigma(candidates, 1),
    "top-k": (candidates) => topK(candidates, 7),
    "typical-p": (candidates) => typicalP(candidates, 0.8),
    "top-p": (candidates) => topP(candidates, 0.8),
    "min-p": (candidates) => minP(candidates, 0.05),
    XTC: (candidates) =>
      excludeTopChoices(candidates, { probability: 1, threshold: 0.05 }, () => 0),
    temperature: (candidates) => applyTemperature(candidates, 0.7),
    "temperature 0": (candidates) => applyTemperature(candidates, 0),
    "dynamic temperature": (candidates) =>
      applyDynamicTemperature(candidates, 0.8, { range: 0.4, exponent: 1.2 }),
    mirostat: (candidates) => boundSurprise(candidates, 3),
    "a whole cut": (candidates) => cutCandidates(candidates, cut, () => 0),
  };
  const random = new MersenneTwister(1);
  const distributions = Array.from({ length: 40 }, (_, index) =>
    candidatesOf(
      Array.from({ length: 1 + index * 5 }, () =>
        random.double() < 0.1 && index > 3 ? BANNED : 12 * random.double() ** (1 + (index % 4)),
      ),
    ),
  ).filter((candidates) => Number.isFinite(Math.max(...candidates.logits)));

  test.each(Object.entries(samplers))(
    "%s leaves a distribution, brings nothing back and changes nothing it is given",
    (_, sampler) => {
      expect(distributions.length).toBeGreaterThan(30);
      for (const candidates of distributions) {
        const before = { ids: [...candidates.ids], logits: [...candidates.logits] };
        const left = sampler(candidates);
        expect({ ids: [...candidates.ids], logits: [...candidates.logits] }).toEqual(before);
        expect(left.ids.length).toBeGreaterThan(0);
        expect(new Set(left.ids).size).toBe(left.ids.length);
        expect(softmax(left).reduce((sum, share) => sum + share)).toBeCloseTo(1, 5);
        left.ids.forEach((id, index) => {
          if (before.logits[id] === BANNED) expect(left.logits[index]).toBe(BANNED);
        });
        if (left.sorted) expect([...left.logits]).toEqual([...left.logits].sort((a, b) => b - a));
      }
    },
  );

  test.each(["top-k", "min-p", "temperature 0", "mirostat"])("%s twice is as once", (name) => {
    // Mirostat's bound is on surprises, which fall as others are dropped: it never cuts more.
    const sampler = samplers[name] as (candidates: Candidates) => Candidates;
    for (const candidates of distributions) {
      const once = sampler(candidates);
      expect([...sampler(once).ids]).toEqual([...once.ids]);
    }
  });

  test("drawing follows the probabilities", () => {
    const candidates = candidatesOf(logitsOf([0.1, 0.6, 0.3]));
    const numbers = new MersenneTwister(9);
    const counts = [0, 0, 0];
    for (let round = 0; round < 20_000; round++) {
      const place = draw(candidates, numbers.double());
      counts[place] = (counts[place] ?? 0) + 1;
    }
    expect(counts.map((count) => count / 20_000)).toEqual([
      expect.closeTo(0.1, 1.5),
      expect.closeTo(0.6, 1.5),
      expect.closeTo(0.3, 1.5),
    ]);
  });
});

describe("the random numbers", () => {
  test("are those of std::mt19937", () => {
    // The standard says that the 10,000th number of the default seed is 4123659995.
    const standard = new MersenneTwister(5489);
    for (let round = 1; round < 10_000; round++) standard.next();
    expect(standard.next()).toBe(4_123_659_995);
    const zero = new MersenneTwister(0);
    expect([zero.next(), zero.next(), zero.next()]).toEqual([
      2_357_136_044, 2_546_248_239, 3_071_714_933,
    ]);
    expect(new MersenneTwister(4_294_967_294).next()).not.toBe(new MersenneTwister(0).next());
  });

  test("are from 0 to below 1", () => {
    const random = new MersenneTwister(3);
    for (let round = 0; round < 5000; round++) {
      for (const value of [random.double(), random.float()]) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(1);
      }
    }
  });
});
