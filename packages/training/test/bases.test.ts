import { join } from "node:path";
import { type FileType, openGguf, quantizeModel } from "@llama2-kit/weights";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeRow } from "../src/data/row.ts";
import { loadBlas } from "../src/ggml/blas.ts";
import {
  ALL_LINEARS,
  EXAMPLES,
  TINY,
  temporaryFolder,
  tinyModelFile,
  tinyTrainer,
} from "./tiny-model.ts";

/** K-quants have 256 values in a block. */
const WIDE = {
  ...TINY,
  hidden_size: 256,
  intermediate_size: 512,
  num_hidden_layers: 2,
  initializer_range: 0.04,
};
const TRAINED = { kind: "adapter", rank: 4, alpha: 8, targets: ALL_LINEARS } as const;
const ROW = makeRow(EXAMPLES.slice(0, 3));

/** A model of a type, and one of the same weights in F32. */
async function modelsOf(type: FileType): Promise<{ model: string; exact: string }> {
  const folder = await temporaryFolder();
  const model = join(folder, "model.gguf");
  const exact = join(folder, "exact.gguf");
  await quantizeModel({ input: await tinyModelFile(folder, WIDE), output: model, type });
  await quantizeModel({ input: model, output: exact, type: "F32", requantize: true });
  return { model, exact };
}

/** The loss, and the gradients of all that has one at the start: of each adapter's second matrix. */
async function lossAndGradients(path: string, blas: string) {
  const weights = await openGguf(path);
  onTestFinished(() => weights.close());
  const { trainer } = await tinyTrainer({ weights, trained: TRAINED, engine: { blas } });
  const loss = trainer.accumulate(ROW, 1);
  const { parameters } = trainer;
  const gradients = parameters.list
    .filter(({ name }) => name.endsWith("lora_b"))
    .map((one) => [one.name, parameters.read(one, one.gradient)] as const);
  return { loss, gradients };
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/** How far gradients are from the exact ones, at most, and losses. */
async function deviation(type: FileType, blas: string): Promise<number> {
  const { model, exact } = await modelsOf(type);
  const ours = await lossAndGradients(model, blas);
  const theirs = await lossAndGradients(exact, blas);
  const far = [Math.abs(ours.loss / theirs.loss - 1)];
  for (const [index, [name, gradient]] of theirs.gradients.entries()) {
    const [otherName, other] = ours.gradients[index] as [string, Float32Array];
    expect(otherName).toBe(name);
    const difference = gradient.map((value, at) => value - (other[at] ?? Number.NaN));
    far.push(lengthOf(difference) / lengthOf(gradient));
  }
  return Math.max(...far);
}

describe.each<FileType>(["F16", "BF16", "Q8_0", "Q4_0", "Q4_K_M", "Q6_K"])(
  "a base of %s",
  (type) => {
    it.skipIf(!loadBlas("auto", 1))(
      "gives the gradients of the same weights in F32 (skipped without a BLAS)",
      async () => expect(await deviation(type, "auto")).toBeLessThan(1e-6),
    );

    // ggml rounds what it multiplies with such weights to 16 or 8 bits.
    it("gives nearly those gradients with ggml alone", async () => {
      expect(await deviation(type, "off")).toBeLessThan(type.endsWith("16") ? 0.01 : 0.05);
    });
  },
);
