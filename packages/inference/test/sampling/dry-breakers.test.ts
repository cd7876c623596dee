import { expect, test } from "vitest";
import { findBreakers } from "../../src/sampling/dry-breakers.ts";
import { useSamplingCria } from "./sampling-cria.ts";

const cria = useSamplingCria();

test("a breaker is in every token that contains it", () => {
  const { model } = cria();
  const breakers = findBreakers(model, ["\n", ":"]);
  const containing = Array.from(model.iterateAllTokens()).filter((token) =>
    /[\n:]/.test(model.detokenize([token], true)),
  );
  expect(containing.length).toBeGreaterThan(5);
  expect([...breakers.keys()].sort((a, b) => a - b)).toEqual(containing);
  for (const token of containing) expect(breakers.get(token)).toContainEqual([]);
});

test("one of several tokens begins where a token ends with its beginning", () => {
  const { model } = cria();
  const tokens = model.tokenize("Zoe:", false);
  const breakers = findBreakers(model, ["oe:"]);
  // In the text, "Zoe:" has a beginning of the breaker's, and then the rest.
  expect(tokens.map((token) => model.detokenize([token], true))).toEqual(["Z", "oe", ":"]);
  const [, head = -1, tail = -1] = tokens;
  expect(breakers.get(head)).toEqual([[tail]]);
});

test("they are found once for a model", () => {
  const { model } = cria();
  const breakers = findBreakers(model, ["*"]);
  expect(findBreakers(model, ["*"])).toBe(breakers);
  expect(findBreakers(model, ['"'])).not.toBe(breakers);
});
