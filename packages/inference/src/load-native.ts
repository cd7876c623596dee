import { setTimeout as sleep } from "node:timers/promises";
import type { LlamaContext, LlamaModel } from "node-llama-cpp";
import { type AdapterFile, Adapters } from "./adapters.ts";
import { type CheckedLoadOptions, isQuantized } from "./check-load-options.ts";
import { InferenceError } from "./error.ts";
import { chooseThreads, type Engine, type GpuChoice, renewEngine } from "./llama.ts";
import { explainLoadFailure, tellsWhy } from "./load-failure.ts";
import type { KvCacheType } from "./load-options.ts";
import { LocalModel } from "./local-model.ts";
import { nameOfFile } from "./model-file.ts";

/**
 * How a prompt is evaluated. Between two batches the signal is looked at; a GPU works on long batches best, while
 * these cost a CPU 6 % or less.
 *
 * On the CPU, llama.cpp's flash attention is slow for batches of less than 64 tokens that come after others, so
 * for every token generated and for the next turn of a conversation: measured, 1.4 and 2.6 times (1,500 tokens
 * before), 1.5 and 6 times (300, Cria). It gains a third on a long first prompt, which is not worth that.
 */
const EVALUATION = {
  cpu: { batchSize: 128, flashAttention: false },
  gpu: { batchSize: 512, flashAttention: "auto" },
} as const;

/** A model that is to be loaded, when its files have been found and checked. */
export interface LoadJob {
  readonly path: string;
  readonly adapters: readonly AdapterFile[];
  /** With a signal that also fires when a listener throws. */
  readonly options: CheckedLoadOptions & { readonly signal: AbortSignal };
  /** Grows while it is loaded, and a little after. */
  readonly warnings: readonly string[];
  readonly warn: (warning: string) => void;
}

/**
 * Loads a model with llama.cpp.
 *
 * @param gpu - what the engine was chosen for
 * @param isFirst - whether to load again if the log, which has the reason of a failure, went elsewhere
 */
export async function loadNative(
  job: LoadJob,
  engine: Engine,
  gpu: GpuChoice,
  isFirst = true,
): Promise<LocalModel> {
  const { path, options } = job;
  engine.clearLog();
  let model: LlamaModel | undefined;
  let adapters: Adapters | undefined;
  try {
    model = await loadWeights(path, engine, options);
    // Before the context, which llama.cpp makes large enough for the adapters that there are.
    adapters = await Adapters.load(model, job.adapters);
    const context = await createContext(model, engine, options);
    options.signal.throwIfAborted(); // a listener may have thrown at the very end
    return new LocalModel({
      id: options.id ?? nameOfFile(path),
      path,
      model,
      context,
      contextSize: Math.min(options.contextSize ?? Infinity, context.contextSize),
      chatFormat: options.chatFormat ?? "auto",
      sequences: options.sequences,
      maxQueue: options.maxQueue,
      adapters,
      warnings: job.warnings,
    });
  } catch (cause) {
    await adapters?.dispose();
    await model?.dispose();
    options.signal.throwIfAborted();
    if (InferenceError.isInstance(cause)) throw cause;
    await sleep(10); // llama.cpp's last words arrive through the event loop
    if (isFirst && !tellsWhy(engine.log, cause)) {
      return loadNative(job, await renewEngine(gpu), gpu, false);
    }
    throw await explainLoadFailure(path, engine.log, cause);
  }
}

function loadWeights(
  path: string,
  { llama }: Engine,
  options: LoadJob["options"],
): Promise<LlamaModel> {
  const { contextSize, sequences, gpuLayers, onLoadProgress, signal } = options;
  const fitContext = contextSize && { contextSize: contextSize * sequences };
  const { flashAttention, ...cache } = contextOptions(llama.gpu, options);
  return llama.loadModel({
    modelPath: path,
    gpuLayers: gpuLayers === "auto" && fitContext ? { fitContext } : gpuLayers,
    defaultContextFlashAttention: flashAttention,
    experimentalDefaultContextKvCacheKeyType: cache.experimentalKvCacheKeyType,
    experimentalDefaultContextKvCacheValueType: cache.experimentalKvCacheValueType,
    checkTensors: options.checkTensors,
    ...(onLoadProgress === undefined ? {} : { onLoadProgress }),
    loadSignal: signal,
  });
}

function createContext(
  model: LlamaModel,
  { llama }: Engine,
  options: LoadJob["options"],
): Promise<LlamaContext> {
  const { contextSize, sequences, threads, batchSize, signal } = options;
  return model.createContext({
    contextSize: contextSize ?? "auto",
    sequences,
    threads: chooseThreads(threads, llama),
    batchSize: batchSize ?? EVALUATION[llama.gpu ? "gpu" : "cpu"].batchSize,
    ...contextOptions(llama.gpu, options),
    createSignal: signal,
  });
}

/** What model and context must agree on, so that the room a context takes is reckoned with. */
function contextOptions(gpu: string | false, options: LoadJob["options"]) {
  const { flashAttention, kvCacheType } = options;
  const usual = isQuantized(kvCacheType) || EVALUATION[gpu ? "gpu" : "cpu"].flashAttention;
  const type = kvCacheType.toUpperCase() as Uppercase<KvCacheType>;
  return {
    flashAttention: flashAttention ?? usual,
    experimentalKvCacheKeyType: type,
    experimentalKvCacheValueType: type,
  };
}
