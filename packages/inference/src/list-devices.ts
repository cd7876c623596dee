import { availableParallelism, cpus, totalmem } from "node:os";
import { chooseThreads, type Engine, getEngine } from "./llama.ts";

/** The kinds of GPU that llama.cpp runs on. */
export type GpuKind = "cuda" | "vulkan" | "metal";

/** The GPUs of one kind that can be used here. The same GPU may be of two kinds, such as CUDA and Vulkan. */
export interface GpuDevices {
  readonly kind: GpuKind;
  /** Of each GPU, as its driver calls it. */
  readonly names: readonly string[];
  /** Memory of all of them, in bytes. */
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** The processor, and the memory that is its own. */
export interface CpuDevice {
  readonly name: string;
  /** Physical cores that are of use for computing. */
  readonly cores: number;
  /** Processors that this process may use. */
  readonly processors: number;
  /** Threads that a model computes with where `threads` is not given. */
  readonly threads: number;
  readonly totalBytes: number;
  /** Memory that this process can still get. */
  readonly freeBytes: number;
}

/** What a model can run on. */
export interface Devices {
  /** The best first: it is what `gpu: "auto"` takes. */
  readonly gpus: readonly GpuDevices[];
  readonly cpu: CpuDevice;
}

/**
 * Lists what models can run on here. It loads llama.cpp for each kind of GPU there is, which a model that runs on it
 * then finds loaded.
 *
 * @returns the kinds of GPU that work, with memory in bytes, and the CPU
 * @throws InferenceError `GPU_UNAVAILABLE` where llama.cpp has no binary for this platform
 *
 * @example
 * ```ts
 * const { gpus, cpu } = await listDevices();
 * console.log(gpus[0] ? `${gpus[0].names[0]} (${gpus[0].kind})` : `${cpu.name}, ${cpu.threads} threads`);
 * ```
 */
export async function listDevices(): Promise<Devices> {
  const { getLlamaGpuTypes } = await import("node-llama-cpp");
  const kinds = (await getLlamaGpuTypes("supported")).filter((kind) => kind !== false);
  const gpus: GpuDevices[] = [];
  for (const kind of kinds) {
    // One that has a driver and does not work is no device that can be used.
    const engine = await getEngine(kind).catch(() => undefined);
    const devices = engine && (await describeGpus(kind, engine));
    if (devices && devices.names.length > 0) gpus.push(devices);
  }
  return { gpus, cpu: describeCpu(await getEngine(false)) };
}

async function describeGpus(kind: GpuKind, { llama }: Engine): Promise<GpuDevices> {
  const { total, free } = await llama.getVramState();
  return { kind, names: await llama.getGpuDeviceNames(), totalBytes: total, freeBytes: free };
}

function describeCpu({ llama }: Engine): CpuDevice {
  return {
    name: cpus()[0]?.model.trim() || process.arch,
    cores: llama.cpuMathCores,
    processors: availableParallelism(),
    threads: chooseThreads(undefined, llama),
    totalBytes: Math.min(totalmem(), process.constrainedMemory() || Infinity),
    freeBytes: process.availableMemory(),
  };
}
