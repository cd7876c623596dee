import { makeRow } from "../data/row.ts";
import { TrainingError } from "../error.ts";
import type { Engine } from "../ggml/engine.ts";
import { F32 } from "../ggml/handles.ts";
import { shapeOf } from "../ggml/shape.ts";
import { buildTrainer } from "./build-trainer.ts";
import { randomModel } from "./random-model.ts";
import type { Trainer } from "./trainer.ts";

/** A Llama of two layers; every part of a large one is in it. */
const TINY = {
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  intermediate_size: 48,
  vocab_size: 64,
  tie_word_embeddings: true,
  initializer_range: 0.2,
};
const TEXT = { ids: [1, 20, 31, 42, 53, 20, 31, 7, 60, 2] };
/** Its loss, as the engines that this package was made with compute it. */
const LOSS = 43.694;

// GPUs add up in another order, and finite differences of F32 are rough.
const LOSS_TOLERANCE = 2e-3;
const SLOPE_TOLERANCE = 2e-2;

/**
 * Trains a tiny model for a moment, and compares its loss with a known one and its gradients with finite
 * differences: a library that has changed its functions must be an error, not a spoilt model.
 *
 * @throws TrainingError `ENGINE_INCOMPATIBLE`
 */
export async function selfCheck(engine: Engine): Promise<void> {
  checkLayout(engine);
  const options = { trained: { kind: "model" }, mostTokens: 16, seed: 1 } as const;
  const { trainer } = await buildTrainer(engine, randomModel(TINY, 1), options);
  try {
    const row = makeRow([TEXT]);
    const loss = trainer.accumulate(row, 1);
    if (!(Math.abs(loss / LOSS - 1) < LOSS_TOLERANCE)) {
      throw incompatible(engine, `a loss that should be ${LOSS} is ${loss}`);
    }
    const { norm, slope } = measureSlope(trainer, () => trainer.evaluate(row));
    if (!(Math.abs(slope / norm - 1) < SLOPE_TOLERANCE)) {
      throw incompatible(engine, `a slope that should be ${slope} is ${norm} by the gradients`);
    }
  } finally {
    trainer.dispose();
  }
}

/** Where sizes are read from in ggml's structs. */
function checkLayout({ device }: Engine): void {
  const { runtime } = device.ggml;
  const mem_size = runtime.tensorOverhead() * 2;
  const context = runtime.init({ mem_size, mem_buffer: null, no_alloc: true });
  const shape = shapeOf(runtime.newTensor(context, F32, 2, 3, 5));
  runtime.free(context);
  if (shape.join() === "2,3,5,1") return;
  throw incompatible({ device }, `a tensor of 2, 3, 5, 1 reads as ${shape}`);
}

/** The loss's slope along its gradient, by the gradient's own length and by finite differences. */
function measureSlope(trainer: Trainer, loss: () => number): { norm: number; slope: number } {
  const { parameters } = trainer;
  const all = parameters.list.map((parameter) => ({
    parameter,
    weights: parameters.read(parameter, parameter.weights),
    gradient: parameters.read(parameter, parameter.gradient),
  }));
  const squares = all.flatMap(({ gradient }) => [...gradient].map((value) => value * value));
  const norm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  const lossAt = (distance: number) => {
    for (const { parameter, weights, gradient } of all) {
      const moved = weights.map(
        (weight, at) => weight + (distance / norm) * (gradient[at] as number),
      );
      parameters.write(parameter.weights, moved);
    }
    return loss();
  };
  return { norm, slope: (lossAt(STEP) - lossAt(-STEP)) / (2 * STEP) };
}

/** Small enough for the loss to be nearly straight, large enough to stand out from rounding. */
const STEP = 5e-3;

function incompatible({ device }: Pick<Engine, "device">, problem: string): TrainingError {
  const version = device.ggml.runtime.version();
  return new TrainingError(
    "ENGINE_INCOMPATIBLE",
    `ggml ${version} on ${device.name} does not compute as this package expects: ${problem}. Install the versions of node-llama-cpp that this package names, or leave out libDir and blas.`,
  );
}
