import type { Device } from "../ggml/device.ts";
import type { Tensor } from "../ggml/handles.ts";
import { readTensor, TensorMemory, writeTensor } from "../ggml/tensor-memory.ts";

/** A tensor that is trained, with what AdamW keeps of it. */
export interface Parameter {
  readonly name: string;
  /** Innermost first. */
  readonly shape: readonly [number, number];
  /** Whether weight decay applies: to matrices, not to norms. */
  readonly decays: boolean;
  readonly weights: Tensor;
  readonly gradient: Tensor;
  /** AdamW's running means of the gradient and of its square. */
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** What is declared of a parameter; the rest follows. */
export type ParameterSpec = Pick<Parameter, "name" | "shape" | "decays">;

/** All that is trained, in a device's memory. */
export class Parameters {
  readonly list: readonly Parameter[];
  readonly #byName: ReadonlyMap<string, Parameter>;
  readonly #device: Device;
  readonly #state: TensorMemory;
  readonly #gradients: TensorMemory;

  /** @throws TrainingError `OUT_OF_MEMORY` */
  constructor(device: Device, specs: readonly ParameterSpec[]) {
    this.#device = device;
    this.#state = new TensorMemory(device, specs.length * 3, "what is trained");
    this.#gradients = new TensorMemory(device, specs.length, "the gradients");
    this.list = specs.map((spec) => this.#declare(spec));
    this.#byName = new Map(this.list.map((parameter) => [parameter.name, parameter]));
    this.#state.allocate();
    this.#gradients.allocate();
    this.#state.clear();
    this.#gradients.clear();
  }

  #declare(spec: ParameterSpec): Parameter {
    const weights = this.#state.declare(spec.shape);
    // ggml's AdamW refuses what is not marked as a parameter.
    this.#device.ggml.runtime.setParameter(weights);
    return {
      ...spec,
      weights,
      gradient: this.#gradients.declare(spec.shape),
      mean: this.#state.declare(spec.shape),
      variance: this.#state.declare(spec.shape),
    };
  }

  get(name: string): Parameter | undefined {
    return this.#byName.get(name);
  }

  clearGradients(): void {
    this.#gradients.clear();
  }

  read({ shape }: ParameterSpec, tensor: Tensor): Float32Array {
    return readTensor(this.#device, tensor, shape[0] * shape[1]);
  }

  write(tensor: Tensor, values: Float32Array): void {
    writeTensor(this.#device, tensor, values);
  }

  dispose(): void {
    this.#state.dispose();
    this.#gradients.dispose();
  }
}

/** Bytes that a parameter takes: weights, gradient, and AdamW's two. */
export function parameterBytes({ shape }: ParameterSpec): number {
  return shape[0] * shape[1] * 4 * Float32Array.BYTES_PER_ELEMENT;
}
