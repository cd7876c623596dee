import { describe, expect, it } from "vitest";
import type { TrainingExample } from "../src/data/example.ts";
import { makeRow, splitRow } from "../src/data/row.ts";
import type { BuildOptions, TrainedPart } from "../src/model/build-trainer.ts";
import type { Parameter } from "../src/model/parameters.ts";
import type { Trainer } from "../src/model/trainer.ts";
import { ALL_LINEARS, EXAMPLES, TINY, tinyTrainer } from "./tiny-model.ts";

const ROW = makeRow(EXAMPLES.slice(0, 3));

/** The loss's slope along a parameter's gradient: four points, so that curvature does not count. */
function slopeAlong(trainer: Trainer, parameter: Parameter, gradient: Float32Array): number {
  const { parameters } = trainer;
  const weights = parameters.read(parameter, parameter.weights);
  const length = lengthOf(gradient);
  const step = Math.min(0.05, 0.6 / length);
  const lossAt = (distance: number) => {
    const moved = weights.map((weight, at) => weight + (distance / length) * (gradient[at] ?? 0));
    parameters.write(parameter.weights, moved);
    return trainer.evaluate(ROW);
  };
  const slope =
    (8 * (lossAt(step) - lossAt(-step)) - (lossAt(2 * step) - lossAt(-2 * step))) / (12 * step);
  parameters.write(parameter.weights, weights);
  return slope;
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** B begins at zero, where A has no gradient. */
function fillB({ parameters }: Trainer): void {
  for (const { name, shape, weights } of parameters.list) {
    if (!name.endsWith("lora_b")) continue;
    const value = (_: unknown, at: number) => Math.sin(at * 1.7 + shape[1]) * 0.05;
    parameters.write(weights, Float32Array.from({ length: shape[0] * shape[1] }, value));
  }
}

const ADAPTER: TrainedPart = { kind: "adapter", rank: 4, alpha: 8, targets: ALL_LINEARS };
const TIED = { ...TINY, tie_word_embeddings: true };
const cases: [string, Parameters<typeof tinyTrainer>[0]][] = [
  ["an adapter on every linear layer", { trained: ADAPTER }],
  ["a whole model", {}],
  ["a whole model whose embeddings are its output matrix", { config: TIED }],
  ["an adapter, with layers computed twice", { trained: ADAPTER, gradientCheckpointing: true }],
  ["a whole model, with layers computed twice", { config: TIED, gradientCheckpointing: true }],
];

describe.each(["auto", "off"])("gradients with blas: %s", (blas) => {
  it.each(cases)("agree with finite differences for %s", async (_, options) => {
    const { trainer } = await tinyTrainer({ ...options, engine: { blas } });
    fillB(trainer);
    trainer.accumulate(ROW, 1);
    for (const parameter of trainer.parameters.list) {
      const gradient = trainer.parameters.read(parameter, parameter.gradient);
      const slope = slopeAlong(trainer, parameter, gradient);
      const deviation = Math.abs(slope / lengthOf(gradient) - 1);
      expect(deviation, parameter.name).toBeLessThan(1e-4);
    }
  });
});

describe("what must make no difference", () => {
  const gradients = (trainer: Trainer) =>
    trainer.parameters.list.map((one) => trainer.parameters.read(one, one.gradient));

  async function lossAndGradients(options: Partial<BuildOptions>) {
    const { trainer } = await tinyTrainer(options);
    return { loss: trainer.accumulate(ROW, 1), gradients: gradients(trainer) };
  }

  it("is computing layers twice", async () => {
    const once = await lossAndGradients({ gradientCheckpointing: false });
    const twice = await lossAndGradients({ gradientCheckpointing: true });
    expect(twice).toEqual(once);
  });

  it.each([
    { blas: "auto", count: 3, spans: 1 },
    { blas: "auto", count: 36, spans: 5 },
    { blas: "off", count: 36, spans: 5 },
  ])("is sharing a row with others, of $count in $spans spans with blas: $blas", async (row) => {
    const { trainer } = await tinyTrainer({ mostTokens: 768, engine: { blas: row.blas } });
    const examples = Array.from(
      { length: row.count },
      (_, at) => EXAMPLES[at % EXAMPLES.length] as TrainingExample,
    );
    expect(splitRow(makeRow(examples))).toHaveLength(row.spans);
    const together = trainer.accumulate(makeRow(examples), 1);
    const packed = gradients(trainer);
    trainer.parameters.clearGradients();
    let alone = 0;
    for (const example of examples) alone += trainer.accumulate(makeRow([example]), 1);
    expect(alone / together).toBeCloseTo(1, 5);
    for (const [index, gradient] of gradients(trainer).entries()) {
      const other = packed[index] as Float32Array;
      const difference = gradient.map((value, at) => value - (other[at] ?? 0));
      expect(lengthOf(difference) / lengthOf(gradient)).toBeLessThan(1e-5);
    }
  });
});
