import { expect, it } from "vitest";
import { drawLossCurve, type LossPoint } from "../src/cli/loss-curve.ts";

const line = (count: number, lossOf: (step: number) => number): LossPoint[] =>
  Array.from({ length: count }, (_, index) => ({ step: index + 1, loss: lossOf(index + 1) }));

it("falls from the top left to the bottom right, with the figures beside it", () => {
  const lines = drawLossCurve(
    line(16, (step) => 17 - step),
    [],
    { columns: 16, rows: 4 },
  );
  const blank = (count: number) => "\u2800".repeat(count);
  expect(lines).toEqual([
    `   16.0 ⠑⢄${blank(6)}`,
    `        ${blank(2)}⠑⢄${blank(4)}`,
    `        ${blank(4)}⠑⢄${blank(2)}`,
    `   1.00 ${blank(6)}⠑⢄`,
  ]);
});

it("marks evaluations, and draws the means where there are more steps than dots", () => {
  const losses = line(10_000, (step) => (step % 2 === 0 ? 1 : 3));
  const lines = drawLossCurve(losses, [{ step: 10_000, loss: 0 }], { columns: 28, rows: 4 });
  expect(lines.join("\n")).toMatch(/o$/);
  expect(lines[3]).toMatch(/^ {3}0\.00 /);
  expect(lines.every((text) => text.length === 28)).toBe(true);
});

it("draws nothing of one step, and a flat line of equal losses", () => {
  expect(
    drawLossCurve(
      line(1, () => 2),
      [],
      { columns: 40, rows: 4 },
    ),
  ).toEqual([]);
  const [top] = drawLossCurve(
    line(2, () => 2),
    [],
    { columns: 10, rows: 2 },
  );
  expect(top).toMatch(/^ {3}2\.00 /);
});
