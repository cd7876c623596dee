import type { GenerateOptions } from "@llama2-kit/protocol";
import { expect, test } from "vitest";
import { InferenceError } from "../src/index.ts";
import { readSamplingParameters } from "../src/sampling.ts";

test("the defaults are Meta's for Llama 2 Chat, and the seed is new each time", () => {
  const { seed, ...rest } = readSamplingParameters({});
  expect(rest).toEqual({
    maxTokens: Number.POSITIVE_INFINITY,
    temperature: 0.6,
    topK: 40,
    topP: 0.9,
    minP: 0,
    repeatPenalty: 1,
    stop: [],
  });
  const seeds = Array.from({ length: 20 }, () => readSamplingParameters({}).seed);
  expect(new Set([...seeds, seed]).size).toBe(21);
});

test.each<[string, number[]]>([
  ["maxTokens", [1, 4096]],
  ["temperature", [0, 0.7, 5]],
  ["topK", [0, 1, 32_000]],
  ["topP", [0.01, 1]],
  ["minP", [0, 0.5, 1]],
  ["repeatPenalty", [0.5, 1, 1.3]],
  ["seed", [0, 4_294_967_294]],
])("%s takes the ends of its range", (parameter, values) => {
  for (const value of values) {
    expect(readSamplingParameters({ [parameter]: value })).toMatchObject({ [parameter]: value });
  }
});

test.each<[string, unknown[]]>([
  ["maxTokens", [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5", null]],
  ["temperature", [-0.1, Number.NaN, Number.POSITIVE_INFINITY, "1"]],
  ["topK", [-1, 1.5, Number.NaN, 2 ** 31]],
  ["topP", [0, -0.1, 1.1, Number.NaN]],
  ["minP", [-0.1, 1.1, Number.NaN]],
  ["repeatPenalty", [0, -1, Number.NaN]],
  ["seed", [-1, 0.5, 4_294_967_295, Number.NaN]],
  ["stop", ["", [""], ["a", 1], 5, null, "\ud83d", {}]],
  ["signal", ["abort", {}, null]],
])(
  "%s refuses what is out of range, with its name, the value and the range",
  (parameter, values) => {
    for (const value of values) {
      const options = { [parameter]: value } as GenerateOptions;
      const read = () => readSamplingParameters(options);
      expect(read, String(value)).toThrow(InferenceError);
      expect(read, String(value)).toThrow(
        new RegExp(`^${parameter} must be .+; it is .+\\.$`, "s"),
      );
      expect(read).toThrow(expect.objectContaining({ code: "BAD_PARAMETER", parameter }));
    }
  },
);

test("a misspelt option is refused, with the names there are", () => {
  const options = { max_tokens: 5 } as GenerateOptions;
  expect(() => readSamplingParameters(options)).toThrow(/no option "max_tokens".*maxTokens/);
});

test("messages read as a person would say it", () => {
  expect(() => readSamplingParameters({ topP: 1.5 })).toThrow(
    "topP must be a number above 0 and at most 1; it is 1.5.",
  );
  expect(() => readSamplingParameters({ maxTokens: 0 })).toThrow(
    "maxTokens must be an integer of at least 1; it is 0.",
  );
});
