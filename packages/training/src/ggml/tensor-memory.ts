import { TrainingError } from "../error.ts";
import type { Device } from "./device.ts";
import { type Buffer, type Context, F32, type Tensor } from "./handles.ts";

/** Tensors that stay in a device's memory from graph to graph. They are declared first, then allocated together. */
export class TensorMemory {
  readonly #device: Device;
  readonly #context: Context;
  readonly #what: string;
  #buffer: Buffer | undefined;

  /** @param what - what the tensors are, for the message where they do not fit */
  constructor(device: Device, most: number, what: string) {
    const { runtime } = device.ggml;
    const mem_size = runtime.tensorOverhead() * (most + 1);
    this.#device = device;
    this.#what = what;
    this.#context = runtime.init({ mem_size, mem_buffer: null, no_alloc: true });
  }

  /** Declares a tensor; sizes are innermost first. */
  declare(shape: readonly number[], type: number = F32): Tensor {
    const { runtime } = this.#device.ggml;
    const [n0 = 1, n1 = 1, n2 = 1] = shape;
    // A row must be one of itself: where ggml broadcasts, it tells [n] and [n, 1] apart by nothing.
    return runtime.newTensor(this.#context, type, n0, n1, n2);
  }

  /** @throws TrainingError `OUT_OF_MEMORY` */
  allocate(): void {
    const { ggml, backend, name } = this.#device;
    const buffer = ggml.runtime.allocate(this.#context, backend);
    if (!buffer) {
      throw new TrainingError("OUT_OF_MEMORY", `${name} has not enough memory for ${this.#what}.`);
    }
    this.#buffer = buffer;
  }

  /** Sets every value of every tensor to zero. */
  clear(): void {
    if (this.#buffer) this.#device.ggml.runtime.clearBuffer(this.#buffer, 0);
  }

  dispose(): void {
    const { runtime } = this.#device.ggml;
    if (this.#buffer) runtime.freeBuffer(this.#buffer);
    this.#buffer = undefined;
    runtime.free(this.#context);
  }
}

type Numbers = Float32Array | Int32Array | BigInt64Array | Uint8Array;

/** Writes numbers to the beginning of a tensor. */
export function writeTensor({ ggml }: Device, tensor: Tensor, numbers: Numbers, at = 0): void {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  ggml.runtime.write(tensor, bytes, at, bytes.length);
}

/** Reads the first values of a tensor of F32. */
export function readTensor({ ggml }: Device, tensor: Tensor, count: number): Float32Array {
  const values = new Float32Array(count);
  ggml.runtime.read(tensor, new Uint8Array(values.buffer), 0, values.byteLength);
  return values;
}
