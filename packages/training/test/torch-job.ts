import type { TrainingExample } from "../src/data/example.ts";
import type { TrainedPart } from "../src/model/build-trainer.ts";
import type { Trainer } from "../src/model/trainer.ts";
import { ALL_LINEARS, EXAMPLES } from "./tiny-model.ts";

/** How both sides step. */
export const SETTINGS = {
  learningRate: 2e-3,
  weightDecay: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  maxGradNorm: 1,
};

export const TORCH_CASES: Record<string, TrainedPart> = {
  adapter: { kind: "adapter", rank: 8, alpha: 16, targets: ALL_LINEARS },
  model: { kind: "model" },
};

/** What PyTorch prints, or printed once. */
export interface TorchResult {
  readonly torch: string;
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly sums: Readonly<Record<string, number>>;
}

/** A job as reference.py reads it: what there is to know, and all tensors one behind the other. */
export function torchJob(
  trainer: Trainer,
  base: ReadonlyMap<string, Float32Array>,
  trained: TrainedPart,
): { job: string; weights: Uint8Array } {
  const { parameters, sizes } = trainer;
  const values = new Map(base);
  const shapes = new Map<string, number[]>();
  for (const parameter of parameters.list) {
    const [inputs, outputs] = parameter.shape;
    values.set(parameter.name, parameters.read(parameter, parameter.weights));
    shapes.set(parameter.name, parameter.name.includes("norm") ? [inputs] : [outputs, inputs]);
  }
  const job = {
    ...SETTINGS,
    sizes,
    adapterScale: trained.kind === "adapter" ? trained.alpha / trained.rank : 0,
    examples: EXAMPLES satisfies readonly TrainingExample[],
    trained: parameters.list.map(({ name }) => name),
    tensors: [...values].map(([name, { length }]) => [
      name,
      shapes.get(name) ?? shapeOf(name, length),
    ]),
  };
  function shapeOf(name: string, length: number): number[] {
    if (name.includes("norm")) return [length];
    const inputs = name.includes("ffn_down") ? sizes.feedForwardWidth : sizes.width;
    return [length / inputs, inputs];
  }
  const weights = Buffer.concat([...values.values()].map((one) => new Uint8Array(one.buffer)));
  return { job: JSON.stringify(job), weights };
}
