import { expect, test } from "vitest";
import { recentTokens } from "../src/recent-tokens.ts";

const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index);

test.each([
  { prompt: range(0, 10), generated: range(10, 12), expected: range(0, 12) },
  { prompt: range(0, 100), generated: [], expected: range(36, 100) },
  { prompt: range(0, 100), generated: range(100, 130), expected: range(66, 130) },
  { prompt: range(0, 100), generated: range(100, 164), expected: range(100, 164) },
  { prompt: range(0, 100), generated: range(100, 200), expected: range(136, 200) },
])("the last 64 tokens, prompt included: $generated.length of them generated", (example) => {
  expect(recentTokens(example.prompt, example.generated)).toEqual(example.expected);
});
