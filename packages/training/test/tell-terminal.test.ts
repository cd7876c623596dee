import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { TellTerminal } from "../src/cli/tell-terminal.ts";

/** A terminal that takes down what is written, and tells of it the last picture. */
function terminal(columns: number, rows: number) {
  let text = "";
  const stream = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const lastPicture = () => text.split("\u001b[0J").at(-1) ?? "";
  return { stream: Object.assign(stream, { columns, rows }), lastPicture };
}

const step = (number: number) => ({
  step: number,
  steps: 4,
  epoch: number,
  loss: 5 - number,
  gradNorm: 1,
  learningRate: 1e-4,
  tokensPerSecond: 1200,
  eta: 90,
  ...(number === 2 && { evalLoss: 3.5 }),
});

const RESULT = {
  output: "a.gguf",
  steps: 4,
  loss: 1,
  evalLoss: 3.5,
  tokensPerSecond: 1200,
  memoryBytes: 2e9,
  cut: 0,
  dropped: 0,
};

it("draws a curve over a bar, each time in the same place, and leaves the curve", () => {
  const { stream, lastPicture } = terminal(100, 30);
  const printed: string[] = [];
  const teller = new TellTerminal(stream, (line) => printed.push(line));
  for (const number of [1, 2, 3, 4]) teller.step(step(number));
  const lines = lastPicture().split("\n");
  expect(lines).toHaveLength(8);
  expect(lines[0]).toContain("4.00 ");
  expect(lines[6]).toBe(
    "████████████████████ step 4/4  loss 1.000  eval 3.500  1.2 k tokens/s  1 min 30 s left",
  );
  teller.end(RESULT);
  expect(lastPicture().split("\n")).toHaveLength(7);
  expect(printed).toEqual([
    "4 steps: loss 1.000, on rows kept apart 3.500, 1.2 k tokens/s, 2 GB of memory",
    "Wrote a.gguf",
  ]);
});

it.each([
  [40, 30],
  [80, 8],
])("fits into %i columns and %i lines", (columns, rows) => {
  const { stream, lastPicture } = terminal(columns, rows);
  const teller = new TellTerminal(stream, () => {});
  for (const number of [1, 2, 3, 4]) teller.step(step(number));
  const lines = lastPicture().split("\n");
  expect(lines.length).toBeLessThanOrEqual(rows);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(columns);
});
