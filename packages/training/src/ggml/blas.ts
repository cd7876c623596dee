import koffi from "koffi";
import { TrainingError } from "../error.ts";
import type { Device } from "./device.ts";
import type { Graph } from "./graph-runner.ts";
import { F32, type Tensor } from "./handles.ts";
import type { MatrixProducts } from "./matrix-products.ts";
import { shapeOf } from "./shape.ts";

/**
 * Where fast libraries of the BLAS interface may be. A plain `libblas` is left out, as it may be the reference
 * implementation, which is slower than ggml.
 */
const LIBRARIES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ["libopenblas.so.0", "libmkl_rt.so.2", "libblis.so.4"],
  darwin: ["/System/Library/Frameworks/Accelerate.framework/Accelerate"],
  win32: ["libopenblas.dll", "mkl_rt.2.dll"],
};

/** `y = alpha * op(A) * op(B) + beta * y` with pointers, sizes and strides, for matrices row by row. */
type Sgemm = (
  order: number,
  transposeA: number,
  transposeB: number,
  rows: number,
  columns: number,
  depth: number,
  alpha: number,
  a: bigint,
  strideA: number,
  b: bigint,
  strideB: number,
  beta: number,
  c: bigint,
  strideC: number,
) => void;

const SGEMM =
  "void cblas_sgemm(int order, int ta, int tb, int rows, int columns, int depth, float alpha, void* a, int sa, void* b, int sb, float beta, void* c, int sc)";

// CBLAS's names: row by row; a matrix as it is, and transposed.
const ROWS = 101;
const N = 111;
const T = 112;

const THREAD_SETTINGS = ["OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"];

/** A BLAS library of this machine. */
export interface Blas {
  readonly path: string;
  readonly sgemm: Sgemm;
}

/**
 * Loads a BLAS, whose products of F32 are two to four times as fast as ggml's on a CPU: `"auto"` takes what the
 * system has, if anything.
 *
 * @throws TrainingError `ENGINE_MISSING` where a path was given and cannot be loaded
 */
export function loadBlas(choice: string, threads: number): Blas | undefined {
  const paths = choice === "auto" ? (LIBRARIES[process.platform] ?? []) : [choice];
  // OpenBLAS makes its threads when it is loaded, and they wait by spinning.
  const { env } = process;
  for (const name of THREAD_SETTINGS) env[name] ??= String(threads);
  let cause: unknown;
  for (const path of paths) {
    try {
      const library = koffi.load(path);
      limitThreads(library, threads);
      return { path, sgemm: library.func(SGEMM) as unknown as Sgemm };
    } catch (error) {
      cause = error;
    }
  }
  if (choice === "auto") return undefined;
  const message = `${choice} could not be loaded as a BLAS library. Use blas: "auto" or blas: "off".`;
  throw new TrainingError("ENGINE_MISSING", message, { cause, parameter: "blas" });
}

function limitThreads(library: ReturnType<typeof koffi.load>, threads: number): void {
  try {
    library.func("void openblas_set_num_threads(int threads)")(threads);
  } catch {
    // Not OpenBLAS.
  }
}

/** Products computed by a BLAS in the midst of ggml's graphs. ggml must run with one thread. */
export class BlasProducts implements MatrixProducts {
  readonly needsF32 = true;
  readonly #device: Device;
  readonly #sgemm: Sgemm;
  readonly #jobs: (() => void)[] = [];
  readonly #callback: bigint;

  constructor(device: Device, { sgemm }: Blas) {
    this.#device = device;
    this.#sgemm = sgemm;
    const type = koffi.proto("void", [koffi.pointer("void"), "int", "int", koffi.pointer("void")]);
    // ggml hands back the number of the job as if it were a pointer.
    this.#callback = koffi.register(
      (_to: bigint, _thread: number, _threads: number, job: bigint) =>
        this.#jobs[Number(job) - 1]?.(),
      koffi.pointer(type),
    );
  }

  apply(graph: Graph, weights: Tensor, x: Tensor): Tensor {
    const [inputs, outputs, batch] = shapeOf(weights);
    const [, tokens] = shapeOf(x);
    const y = this.#describe(graph, [x, weights], [outputs, tokens, batch]);
    this.#compute([x, weights, y], batch, (x, w, y) =>
      this.#sgemm(ROWS, N, T, tokens, outputs, inputs, 1, x, inputs, w, inputs, 0, y, outputs),
    );
    return y;
  }

  applyTransposed(graph: Graph, weights: Tensor, dy: Tensor): Tensor {
    const [inputs, outputs, batch] = shapeOf(weights);
    const [, tokens] = shapeOf(dy);
    const dx = this.#describe(graph, [dy, weights], [inputs, tokens, batch]);
    this.#compute([dy, weights, dx], batch, (dy, w, dx) =>
      this.#sgemm(ROWS, N, N, tokens, inputs, outputs, 1, dy, outputs, w, inputs, 0, dx, inputs),
    );
    return dx;
  }

  outer(graph: Graph, x: Tensor, dy: Tensor): Tensor {
    const [inputs, tokens, batch] = shapeOf(x);
    const [outputs] = shapeOf(dy);
    const dw = this.#describe(graph, [dy, x], [inputs, outputs, batch]);
    this.#compute([dy, x, dw], batch, (dy, x, dw) =>
      this.#sgemm(ROWS, T, N, outputs, inputs, tokens, 1, dy, outputs, x, inputs, 0, dw, inputs),
    );
    return dw;
  }

  addOuter(graph: Graph, sum: Tensor, x: Tensor, dy: Tensor): Tensor {
    const [inputs, tokens, batch] = shapeOf(x);
    const [outputs] = shapeOf(dy);
    const job = BigInt(this.#jobs.length + 1);
    const { customInPlace } = this.#device.ggml;
    const dw = customInPlace(graph.context, sum, [dy, x], 2, this.#callback, 1, job) as Tensor;
    this.#compute([dy, x, dw], batch, (dy, x, dw) =>
      this.#sgemm(ROWS, T, N, outputs, inputs, tokens, 1, dy, outputs, x, inputs, 1, dw, inputs),
    );
    return dw;
  }

  #describe(graph: Graph, from: Tensor[], [n0, n1, n2]: [number, number, number]): Tensor {
    const job = BigInt(this.#jobs.length + 1);
    const { custom } = this.#device.ggml;
    return custom(graph.context, F32, n0, n1, n2, 1, from, 2, this.#callback, 1, job) as Tensor;
  }

  /** Says how the operation that was described last is computed, from where the matrices of a batch begin. */
  #compute(
    tensors: [Tensor, Tensor, Tensor],
    batch: number,
    multiply: (a: bigint, b: bigint, c: bigint) => void,
  ): void {
    const { runtime } = this.#device.ggml;
    const [a, b, c] = tensors;
    const [stepA, stepB, stepC] = [bytesOfMatrix(a), bytesOfMatrix(b), bytesOfMatrix(c)];
    this.#jobs.push(() => {
      const [fromA, fromB, toC] = [runtime.data(a), runtime.data(b), runtime.data(c)];
      for (let index = 0n; index < batch; index++) {
        multiply(fromA + index * stepA, fromB + index * stepB, toC + index * stepC);
      }
    });
  }

  /** Drops what the last graph was to compute. */
  forget(): void {
    this.#jobs.length = 0;
  }

  dispose(): void {
    koffi.unregister(this.#callback);
  }
}

function bytesOfMatrix(tensor: Tensor): bigint {
  const [columns, rows] = shapeOf(tensor);
  return BigInt(columns * rows * Float32Array.BYTES_PER_ELEMENT);
}
