import { expect, it } from "vitest";
import { learningRateFactor } from "../src/optimizer/schedule.ts";

// By the formulas of transformers' get_scheduler, with 2 steps of warmup and 6 in all.
it.each([
  ["constant", [1, 1, 1, 1, 1, 1]],
  ["constant_with_warmup", [0, 0.5, 1, 1, 1, 1]],
  ["linear", [0, 0.5, 1, 0.75, 0.5, 0.25]],
  ["cosine", [0, 0.5, 1, 0.8535534, 0.5, 0.1464466]],
] as const)("%s goes as transformers has it", (name, factors) => {
  for (const [step, factor] of factors.entries()) {
    expect(learningRateFactor(name, step, { warmup: 2, total: 6 })).toBeCloseTo(factor, 6);
  }
});
