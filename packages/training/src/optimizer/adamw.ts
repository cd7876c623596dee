import type { Device } from "../ggml/device.ts";
import type { GraphRunner } from "../ggml/graph-runner.ts";
import type { Tensor } from "../ggml/handles.ts";
import { readTensor, TensorMemory, writeTensor } from "../ggml/tensor-memory.ts";
import type { Parameter, Parameters } from "../model/parameters.ts";

/** How AdamW steps; the names and meanings are those of transformers' `TrainingArguments`. */
export interface AdamWSettings {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Gradients longer than this all together are shortened to it; 0 leaves them. */
  readonly maxGradNorm: number;
}

/** Parameters whose update is in one graph. A graph of all of a large model's would take memory for each. */
const AT_ONCE = 64;

/**
 * AdamW on the device, with clipping of the gradients' common norm.
 *
 * Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization"; `torch.optim.AdamW` steps alike.
 */
export class AdamW {
  readonly #device: Device;
  readonly #runner: GraphRunner;
  readonly #parameters: Parameters;
  readonly #memory: TensorMemory;
  readonly #decaying: Tensor;
  readonly #staying: Tensor;
  readonly #squares: Tensor;

  constructor(device: Device, runner: GraphRunner, parameters: Parameters) {
    this.#device = device;
    this.#runner = runner;
    this.#parameters = parameters;
    this.#memory = new TensorMemory(device, 3, "the optimizer");
    this.#decaying = this.#memory.declare([7]);
    this.#staying = this.#memory.declare([7]);
    this.#squares = this.#memory.declare([parameters.list.length]);
    this.#memory.allocate();
  }

  /**
   * Steps along the gradients, and clears them.
   *
   * @param step - the number of this step, from 1
   * @returns the gradients' norm before clipping
   */
  step(step: number, settings: AdamWSettings): number {
    const norm = this.gradientNorm();
    if (!Number.isFinite(norm)) return norm;
    const { maxGradNorm } = settings;
    // As torch's clip_grad_norm_ has it, with its 1e-6.
    const factor = maxGradNorm > 0 ? Math.min(1, maxGradNorm / (norm + 1e-6)) : 1;
    writeTensor(this.#device, this.#decaying, packed(step, settings, settings.weightDecay));
    writeTensor(this.#device, this.#staying, packed(step, settings, 0));
    this.#inParts((parts) => this.#update(parts, factor));
    this.#parameters.clearGradients();
    return norm;
  }

  #update(parameters: readonly Parameter[], factor: number): void {
    this.#runner.run(parameters.length * 4 + 8, ({ operations: op, compute }) => {
      for (const { weights, gradient, mean, variance, decays } of parameters) {
        const clipped = factor === 1 ? gradient : op.scale(gradient, factor);
        const settings = decays ? this.#decaying : this.#staying;
        compute(op.adamW(weights, clipped, mean, variance, settings));
      }
    });
  }

  /** The gradients' norm, of all parameters together. */
  gradientNorm(): number {
    let first = 0;
    this.#inParts((parts) => {
      this.#runner.run(parts.length * 8 + 8, ({ operations: op, compute }) => {
        for (const [index, { gradient }] of parts.entries()) {
          const at = op.view1d(this.#squares, 1, (first + index) * 4);
          compute(op.copy(op.sum(op.square(gradient)), at));
        }
      });
      first += parts.length;
    });
    const squares = readTensor(this.#device, this.#squares, first);
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  }

  #inParts(act: (parts: readonly Parameter[]) => void): void {
    const { list } = this.#parameters;
    for (let start = 0; start < list.length; start += AT_ONCE) {
      act(list.slice(start, start + AT_ONCE));
    }
  }

  dispose(): void {
    this.#memory.dispose();
  }
}

/** Settings as ggml's operation takes them. */
function packed(step: number, settings: AdamWSettings, weightDecay: number): Float32Array {
  const { learningRate, beta1, beta2, epsilon } = settings;
  return Float32Array.of(
    learningRate,
    beta1,
    beta2,
    epsilon,
    weightDecay,
    1 / (1 - beta1 ** step),
    1 / (1 - beta2 ** step),
  );
}
