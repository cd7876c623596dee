import { setTimeout as sleep } from "node:timers/promises";
import type { LlamaContext, LlamaModel } from "node-llama-cpp";
import { type AdapterFile, Adapters } from "./adapters.ts";
import { type CheckedLoadOptions, isQuantized } from "./check-load-options.ts";
import { InferenceError } from "./error.ts";
import { evaluationDefaults } from "./evaluation-defaults.ts";
import { chooseThreads, type Engine, type GpuChoice, renewEngine } from "./llama.ts";
import { explainLoadFailure, tellsWhy } from "./load-failure.ts";
import type { KvCacheType } from "./load-options.ts";
import { LocalModel } from "./local-model.ts";
import { nameOfFile } from "./model-file.ts";

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
    await lastWords(engine, cause);
    if (isFirst && !tellsWhy(engine.log, cause)) {
      return loadNative(job, await renewEngine(gpu), gpu, false);
    }
    throw await explainLoadFailure(path, engine.log, cause);
  }
}

/**
 * Waits for llama.cpp's last words about a failure, which arrive through the event loop: at least so long that none of
 * them is taken for the next load's, and longer, but not for ever, where the reason is not among them.
 */
async function lastWords({ log }: Engine, cause: unknown): Promise<void> {
  await sleep(10);
  for (let waits = 0; waits < 10 && !tellsWhy(log, cause); waits++) await sleep(10);
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
    batchSize: batchSize ?? evaluationDefaults(llama.gpu).batchSize,
    ...contextOptions(llama.gpu, options),
    createSignal: signal,
  });
}

/** What model and context must agree on, so that the room a context takes is reckoned with. */
function contextOptions(gpu: string | false, options: LoadJob["options"]) {
  const { flashAttention, kvCacheType } = options;
  const usual = isQuantized(kvCacheType) || evaluationDefaults(gpu).flashAttention;
  const type = kvCacheType.toUpperCase() as Uppercase<KvCacheType>;
  return {
    flashAttention: flashAttention ?? usual,
    experimentalKvCacheKeyType: type,
    experimentalKvCacheValueType: type,
  };
}
