import { InferenceError, type InferenceErrorCode } from "./error.ts";
import { type Engine, type GpuChoice, getEngine } from "./llama.ts";

/** What {@link loadWithFallback} does. */
export interface FallbackLoad<T> {
  readonly gpu: GpuChoice;
  /** Loads on an engine, which is that for a choice of GPU. */
  readonly load: (engine: Engine, gpu: GpuChoice) => Promise<T>;
  readonly warn: (warning: string) => void;
  /** Gives the engines; another one in tests. */
  readonly engineFor?: (gpu: GpuChoice) => Promise<Engine>;
  /** Finds a GPU that is there, where none is used; another one in tests. */
  readonly unusedGpu?: () => Promise<string | undefined>;
}

/** Failures that a GPU can be the reason of. */
const GPU_FAILURES: readonly InferenceErrorCode[] = [
  "OUT_OF_MEMORY",
  "MODEL_LOAD_FAILED",
  "GPU_UNAVAILABLE",
];

/**
 * Loads where the caller wants it. Where that is `"auto"` and the GPU that was found fails, it is the CPU, with a
 * warning: whoever names a GPU gets the error.
 */
export async function loadWithFallback<T>({
  gpu,
  load,
  warn,
  engineFor = getEngine,
  unusedGpu = findUnusedGpu,
}: FallbackLoad<T>): Promise<T> {
  const engine = await engineFor(gpu);
  if (gpu !== "auto") return load(engine, gpu);
  if (engine.llama.gpu === false) {
    const unused = await unusedGpu();
    if (unused !== undefined) warn(unusedWarning(unused));
    return load(engine, gpu);
  }
  try {
    return await load(engine, gpu);
  } catch (error) {
    if (!isGpuFailure(error)) throw error;
    warn(fallbackWarning(engine.llama.gpu, error));
    return load(await engineFor(false), false);
  }
}

function isGpuFailure(error: unknown): error is InferenceError {
  return InferenceError.isInstance(error) && GPU_FAILURES.includes(error.code);
}

function fallbackWarning(gpu: string, error: InferenceError): string {
  return (
    `The model is loaded for the CPU, which is slower, as loading it on the GPU (${gpu}) failed: ${error.message} ` +
    "Other programs may hold the GPU's memory; a smaller quantization, contextSize, sequences or gpuLayers needs less " +
    "of it. gpu: false chooses the CPU without this warning."
  );
}

function unusedWarning(gpu: string): string {
  return (
    `The model is loaded for the CPU, though this machine has a GPU for ${gpu}: llama.cpp's binary for it is not ` +
    "installed, or does not work with the driver. Install this package without --omit=optional, and update the driver."
  );
}

/** Kinds of GPU whose presence is told by their driver. That of Vulkan is there without a GPU, too. */
const TELLING: readonly unknown[] = ["cuda", "metal"];

/** The kind of a GPU that is there; asked for where `"auto"` led to the CPU. */
async function findUnusedGpu(): Promise<string | undefined> {
  const { getLlamaGpuTypes } = await import("node-llama-cpp");
  const found = (await getLlamaGpuTypes("supported")).find((gpu) => TELLING.includes(gpu));
  return found || undefined;
}
