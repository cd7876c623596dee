import type { Llama } from "node-llama-cpp";
import type { Engine } from "./llama.ts";
import type { MemoryNeed } from "./memory-need.ts";

/** Whether a model fits into this machine's free memory. */
export interface ModelFit {
  /** The GPU; undefined where there is none, or none was asked for. */
  readonly gpu: GpuFit | undefined;
  /** What does not go to the GPU. */
  readonly ram: {
    /** Where not, it may run all the same, but slowly: its weights are then read from the disk again and again. */
    readonly fits: boolean;
    readonly neededBytes: number;
    readonly freeBytes: number;
  };
}

/** How much of a model fits into the GPU's free memory. */
export interface GpuFit {
  readonly kind: "cuda" | "vulkan" | "metal";
  /** All layers, some of them (the CPU does the rest, which is slower), or none. */
  readonly fits: "all" | "some" | "none";
  readonly layers: number;
  /** Layers there are: the model's, and its output. */
  readonly allLayers: number;
  readonly freeBytes: number;
}

/** What a model needs: memory, and tokens of context in all sequences together. */
interface Need {
  readonly memory: MemoryNeed;
  readonly tokens: number;
}

/** Finds out whether a model fits into what is free now. */
export async function fitModel(
  path: string,
  need: Need,
  engine: Engine | undefined,
): Promise<ModelFit> {
  const gpu = engine && (await fitGpu(path, need, engine.llama));
  const onGpu = gpu ? gpu.layers / gpu.allLayers : 0;
  const neededBytes = need.memory.totalBytes * (1 - onGpu);
  const freeBytes = process.availableMemory();
  return { gpu, ram: { fits: neededBytes <= freeBytes, neededBytes, freeBytes } };
}

/** Asks what loading asks to decide how many layers go to the GPU. */
async function fitGpu(path: string, need: Need, llama: Llama): Promise<GpuFit | undefined> {
  const kind = llama.gpu;
  if (!kind) return undefined;
  const { GgufInsights, readGgufFileInfo } = await import("node-llama-cpp");
  const info = await readGgufFileInfo(path, { sourceType: "filesystem", logWarnings: false });
  const { configurationResolver, totalLayers } = await GgufInsights.from(info, llama);
  const fitContext = { contextSize: need.tokens };
  const { gpuLayers } = await configurationResolver.resolveModelGpuLayersV2({ min: 0, fitContext });
  const { free } = await llama.getVramState();
  const fits = gpuLayers >= totalLayers ? "all" : gpuLayers > 0 ? "some" : "none";
  return { kind, fits, layers: gpuLayers, allLayers: totalLayers, freeBytes: free };
}
