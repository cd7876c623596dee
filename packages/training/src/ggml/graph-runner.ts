import { TrainingError } from "../error.ts";
import type { Device } from "./device.ts";
import type { Allocator, Context, GraphHandle, Tensor } from "./handles.ts";
import type { Operations } from "./operations.ts";

/** A graph while it is described. */
export interface Graph {
  readonly context: Context;
  readonly operations: Operations;
  /** Has a tensor computed, with all that it is computed from, after everything that was asked for before. */
  compute(tensor: Tensor): void;
}

/** Describes a graph: which tensors to compute, from which. */
export type DescribeGraph = (graph: Graph) => void;

/** Runs graphs on a device, one after the other, all in the same working memory. */
export class GraphRunner {
  readonly #device: Device;
  readonly #allocator: Allocator;
  /** Called when a graph has run and its tensors are gone. */
  readonly #afterwards: () => void;

  constructor(device: Device, afterwards: () => void = () => {}) {
    const { runtime } = device.ggml;
    this.#device = device;
    this.#afterwards = afterwards;
    this.#allocator = runtime.newAllocator(runtime.bufferType(device.backend));
  }

  /** Bytes of the working memory. */
  get bytes(): number {
    return Number(this.#device.ggml.runtime.allocatorSize(this.#allocator, 0));
  }

  /**
   * Computes a graph.
   *
   * @param most - operations that it has at most
   */
  run(most: number, describe: DescribeGraph): void {
    const { runtime } = this.#device.ggml;
    this.#withGraph(most, describe, (graph) => {
      if (!runtime.allocateGraph(this.#allocator, graph)) throw this.#outOfMemory();
      const status = runtime.compute(this.#device.backend, graph);
      if (status === 0) return;
      throw new TrainingError(
        "ENGINE_CRASHED",
        `ggml could not compute on ${this.#device.name}: its status is ${status}.`,
      );
    });
  }

  /** Bytes of working memory that a graph needs. */
  measure(most: number, describe: DescribeGraph): number {
    const { runtime } = this.#device.ggml;
    const sizes: [bigint | number] = [0];
    // In an allocator of its own, as measuring leaves the one that it is done with without memory.
    const allocator = runtime.newAllocator(runtime.bufferType(this.#device.backend));
    try {
      this.#withGraph(most, describe, (graph) =>
        runtime.measure(allocator, graph, null, null, sizes),
      );
    } finally {
      runtime.freeAllocator(allocator);
    }
    return Number(sizes[0]);
  }

  /**
   * Makes room for a graph that is as large as any to come: growing later has crashed ggml's Vulkan backend.
   *
   * @throws TrainingError `OUT_OF_MEMORY`
   */
  reserve(most: number, describe: DescribeGraph): void {
    const { runtime } = this.#device.ggml;
    this.#withGraph(most, describe, (graph) => {
      if (!runtime.reserve(this.#allocator, graph)) throw this.#outOfMemory();
    });
  }

  #withGraph(most: number, describe: DescribeGraph, use: (graph: GraphHandle) => void): void {
    const { ggml } = this.#device;
    const { runtime } = ggml;
    const overhead = runtime.tensorOverhead() * most + runtime.graphOverhead(most, false);
    const context = runtime.init({ mem_size: overhead, mem_buffer: null, no_alloc: true });
    try {
      const graph = runtime.newGraph(context, most, false);
      describe({
        context,
        operations: ggml.operations(context),
        compute: (tensor) => runtime.expand(graph, tensor),
      });
      use(graph);
    } finally {
      runtime.free(context);
      this.#afterwards();
    }
  }

  #outOfMemory(): TrainingError {
    const { name } = this.#device;
    return new TrainingError(
      "OUT_OF_MEMORY",
      `${name} has not enough memory to compute in. Use a smaller sequenceLength.`,
    );
  }

  dispose(): void {
    this.#device.ggml.runtime.freeAllocator(this.#allocator);
  }
}
