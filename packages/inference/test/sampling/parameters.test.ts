import type { GenerateOptions } from "@llama2-kit/protocol";
import { expect, test } from "vitest";
import { InferenceError } from "../../src/index.ts";
import { readSamplingParameters } from "../../src/sampling/sampling-parameters.ts";

test("the defaults are Meta's for Llama 2 Chat, and the seed is new each time", () => {
  const { seed, ...rest } = readSamplingParameters({});
  expect(rest).toEqual({
    maxTokens: Number.POSITIVE_INFINITY,
    temperature: 0.6,
    topK: 40,
    topP: 0.9,
    minP: 0,
    typicalP: 1,
    topNSigma: 0,
    repeatPenalty: 1,
    frequencyPenalty: 0,
    presencePenalty: 0,
    penaltyWindow: 64,
    logitBias: new Map(),
    stop: [],
    adapters: [],
    priority: 0,
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
  ["typicalP", [0.01, 1]],
  ["topNSigma", [0, 0.5, 10]],
  ["repeatPenalty", [0.5, 1, 1.3]],
  ["frequencyPenalty", [-2, 0, 2]],
  ["presencePenalty", [-2, 0, 2]],
  ["penaltyWindow", [0, 1, 2 ** 31 - 1]],
  ["logprobs", [0, 5]],
  ["priority", [-5, 0.5, 1e9]],
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
  ["typicalP", [0, 1.1, Number.NaN]],
  ["topNSigma", [-1, Number.NaN, "1"]],
  ["repeatPenalty", [0, -1, Number.NaN, 1e-40, 1e39]],
  ["frequencyPenalty", [-2.1, 2.1, Number.NaN]],
  ["presencePenalty", [-2.1, 2.1, Number.NaN]],
  ["penaltyWindow", [-1, 0.5, 2 ** 31, Number.NaN]],
  ["logprobs", [-1, 0.5, true, Number.NaN]],
  ["priority", [Number.NaN, Number.POSITIVE_INFINITY, "high"]],
  ["grammar", ["", " ", 5, null, {}]],
  ["jsonSchema", ["{}", [], null, true]],
  ["mirostat", [true, 2, null, []]],
  ["xtc", [0.5, null]],
  ["dynamicTemperature", [0.5, null]],
  ["dry", [0.8, null]],
  ["logitBias", [5, null, [], new Map([[1, 5]])]],
  ["adapter", ["", 5, null, { name: "a" }]],
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

test.each<[string, GenerateOptions]>([
  ["mirostat.tau", { mirostat: { tau: 0 } }],
  ["mirostat.eta", { mirostat: { eta: 1.1 } }],
  ["mirostat.learningRate", { mirostat: { learningRate: 1 } as never }],
  ["xtc.probability", { xtc: {} as never }],
  ["xtc.probability", { xtc: { probability: 1.5 } }],
  ["xtc.threshold", { xtc: { probability: 0.5, threshold: 0.6 } }],
  ["dynamicTemperature.range", { dynamicTemperature: {} as never }],
  ["dynamicTemperature.range", { dynamicTemperature: { range: -1 } }],
  ["dynamicTemperature.exponent", { dynamicTemperature: { range: 1, exponent: 0 } }],
  ["dry.multiplier", { dry: { multiplier: -1 } }],
  ["dry.multiplier", { dry: {} as never }],
  ["dry.base", { dry: { multiplier: 1, base: 0.9 } }],
  ["dry.allowedLength", { dry: { multiplier: 1, allowedLength: 0 } }],
  ["dry.window", { dry: { multiplier: 1, window: 1.5 } }],
  ["dry.breakers", { dry: { multiplier: 1, breakers: [""] } }],
  ["dry.breakers", { dry: { multiplier: 1, breakers: "\n" as never } }],
  ["dry.penaltyLastN", { dry: { multiplier: 1, penaltyLastN: 4 } as never }],
  ["logitBias.5", { logitBias: { 5: 101 } }],
  ["logitBias.5", { logitBias: { 5: Number.NaN } }],
  ["logitBias", { logitBias: { "-1": 1 } }],
  ["logitBias", { logitBias: { hello: 1 } as never }],
  ["adapter[1].scale", { adapter: [{ name: "a" }, { name: "b", scale: Number.NaN }] }],
  ["adapter[0]", { adapter: [{ name: "a", weight: 1 } as never] }],
  ["adapter[0]", { adapter: ["a" as never] }],
  ["adapter", { adapter: [{ name: "a" }, { name: "a", scale: 2 }] }],
])("a bad value within %s is refused by its path", (parameter, options) => {
  const read = () => readSamplingParameters(options);
  expect(read).toThrow(expect.objectContaining({ code: "BAD_PARAMETER", parameter }));
  expect(read).toThrow(parameter.replace(/\.(learningRate|penaltyLastN)$/, ""));
});

test.each<[string, GenerateOptions]>([
  ["jsonSchema", { grammar: 'root ::= "a"', jsonSchema: { type: "string" } }],
  ["mirostat", { mirostat: {}, temperature: 0 }],
  ["topK", { mirostat: {}, topK: 40 }],
  ["topP", { mirostat: {}, topP: 0.9 }],
  ["minP", { mirostat: {}, minP: 0.1 }],
  ["typicalP", { mirostat: {}, typicalP: 0.5 }],
  ["topNSigma", { mirostat: {}, topNSigma: 1 }],
  ["xtc", { mirostat: {}, xtc: { probability: 0.5 } }],
  ["dynamicTemperature", { mirostat: {}, dynamicTemperature: { range: 0.5 } }],
  ["xtc", { temperature: 0, xtc: { probability: 0.5 } }],
])("%s is refused beside what contradicts it", (parameter, options) => {
  expect(() => readSamplingParameters(options)).toThrow(
    expect.objectContaining({ code: "BAD_PARAMETER", parameter }),
  );
});

test("nested options get their defaults, and what is off is left out", () => {
  expect(
    readSamplingParameters({ mirostat: {}, topK: 0, topP: 1, xtc: { probability: 0 } }),
  ).toMatchObject({ mirostat: { tau: 5, eta: 0.1 }, topK: 0, topP: 1, minP: 0, xtc: undefined });
  expect(
    readSamplingParameters({
      xtc: { probability: 0.5 },
      dynamicTemperature: { range: 0.3 },
      dry: { multiplier: 0.8 },
    }),
  ).toMatchObject({
    xtc: { probability: 0.5, threshold: 0.1 },
    dynamicTemperature: { range: 0.3, exponent: 1 },
    dry: {
      multiplier: 0.8,
      base: 1.75,
      allowedLength: 2,
      window: Number.POSITIVE_INFINITY,
      breakers: ["\n", ":", '"', "*"],
    },
  });
  expect(
    readSamplingParameters({ dry: { multiplier: 0 }, dynamicTemperature: { range: 0 } }),
  ).toMatchObject({ dry: undefined, dynamicTemperature: undefined });
  expect(readSamplingParameters({ dry: { multiplier: 1, window: 0 } }).dry).toBeUndefined();
});

test("a bias of -100 bans, and one of 0 is none", () => {
  expect(readSamplingParameters({ logitBias: { 5: -100, 6: 0, 7: 2.5 } }).logitBias).toEqual(
    new Map([
      [5, Number.NEGATIVE_INFINITY],
      [7, 2.5],
    ]),
  );
});

test("adapters become a list of names and scales", () => {
  expect(readSamplingParameters({ adapter: "pirate" }).adapters).toEqual([
    { name: "pirate", scale: undefined },
  ]);
  expect(
    readSamplingParameters({ adapter: [{ name: "a", scale: 0.5 }, { name: "b" }] }).adapters,
  ).toEqual([
    { name: "a", scale: 0.5 },
    { name: "b", scale: undefined },
  ]);
  expect(readSamplingParameters({ adapter: [] }).adapters).toEqual([]);
});
