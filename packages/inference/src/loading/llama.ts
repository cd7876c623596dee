import { availableParallelism } from "node:os";
import type { Llama, LlamaGpuType } from "node-llama-cpp";
import { InferenceError } from "../error.ts";
import { takeLog } from "./llama-log.ts";

/** Which processor to run on: the best there is, a kind of GPU, or none (the CPU). */
export type GpuChoice = "auto" | "cuda" | "vulkan" | "metal" | false;

/** llama.cpp, loaded for one choice of GPU, with the log that alone tells why a model failed to load. */
export interface Engine {
  readonly llama: Llama;
  /** llama.cpp's warnings and errors since the last {@link Engine.clearLog}. */
  readonly log: readonly string[];
  clearLog(): void;
  /** Gets llama.cpp's log back, where somebody else in this process has taken it. */
  takeLog(): Promise<void>;
}

/** Loading takes a third of a second and holds memory, so each choice is loaded once in a process. */
const engines = new Map<GpuChoice, Promise<Engine>>();

/**
 * Returns llama.cpp for a choice of GPU.
 *
 * @throws InferenceError `GPU_UNAVAILABLE`
 */
export function getEngine(gpu: GpuChoice): Promise<Engine> {
  let engine = engines.get(gpu);
  if (!engine) {
    engine = loadEngine(gpu);
    engines.set(gpu, engine);
    engine.catch(() => engines.delete(gpu));
  }
  return engine;
}

async function loadEngine(gpu: GpuChoice): Promise<Engine> {
  // Imported here because it takes 0.3 s, which importing this package should not.
  const { getLlama, LlamaLogLevel, NoBinaryFoundError } = await import("node-llama-cpp");
  const log: string[] = [];
  try {
    const llama = await getLlama({
      gpu,
      build: "never",
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.warn,
      logger: (_level, message) => log.push(message.trim()),
      maxThreads: 0,
    });
    if (gpu !== "auto" && llama.gpu !== gpu) {
      const found = llama.gpu;
      await llama.dispose();
      throw gpuUnavailable(gpu, found);
    }
    await takeLog(llama); // from another one that was loaded before, perhaps
    return { llama, log, clearLog: () => log.splice(0), takeLog: () => takeLog(llama) };
  } catch (cause) {
    if (cause instanceof NoBinaryFoundError) throw gpuUnavailable(gpu, undefined, cause);
    throw cause;
  }
}

function gpuUnavailable(
  gpu: GpuChoice,
  found: LlamaGpuType | undefined,
  cause?: unknown,
): InferenceError {
  const platform = `${process.platform} ${process.arch}`;
  const message =
    gpu === "auto" || gpu === false
      ? `node-llama-cpp has no binary for this platform (${platform}). Reinstall without --omit=optional, or build one with "npx node-llama-cpp source download".`
      : `This machine (${platform}) cannot run on ${gpu}, or its binaries are not installed. Use gpu: "auto" to take the best there is${found === false ? ", or gpu: false for the CPU" : ""}.`;
  return new InferenceError("GPU_UNAVAILABLE", message, { cause });
}

/**
 * The threads to compute with: as many as are asked for, but at most the physical cores. More than that make
 * llama.cpp's threads, which wait by spinning, keep each other from working: up to a hundred times slower.
 *
 * For the same reason one of the processors is left to everybody else where nothing is asked for: on a machine
 * of two busy cores, two threads took twice as long as one.
 *
 * @param wanted - undefined where the caller leaves it open
 */
export function chooseThreads(wanted: number | undefined, llama: Llama): number {
  const processors = availableParallelism();
  const most = Math.min(llama.cpuMathCores, processors);
  return Math.max(1, Math.min(most, wanted ?? processors - 1));
}
