import { setTimeout as sleep } from "node:timers/promises";
import type { LlamaContext, LlamaModel } from "node-llama-cpp";
import { InferenceError } from "./error.ts";
import { chooseThreads, type Engine, getEngine, renewEngine } from "./llama.ts";
import { LoadControl } from "./load-control.ts";
import { explainLoadFailure, tellsWhy } from "./load-failure.ts";
import {
  type CheckedLoadOptions,
  checkLoadOptions,
  type LoadModelOptions,
} from "./load-options.ts";
import { LocalModel } from "./local-model.ts";
import { findModelFile, nameOfFile } from "./model-file.ts";
import { badParameter } from "./parameters.ts";
import { WaitingLine } from "./waiting-line.ts";

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

/** One load at a time, so that llama.cpp's log tells of that one. */
const loads = new WaitingLine();

/**
 * Loads a Llama 2 from a GGUF file, to run it in this process. It holds memory until its `dispose()`.
 *
 * @param options - `model`, a path or URI, is all it takes; see {@link LoadModelOptions}
 * @returns the model, ready to answer
 * @throws InferenceError with the code `BAD_PARAMETER`, `MODEL_NOT_FOUND`, `NOT_GGUF`, `MODEL_TRUNCATED`,
 *   `UNSUPPORTED_ARCHITECTURE`, `MODEL_LOAD_FAILED`, `DOWNLOAD_FAILED`, `GPU_UNAVAILABLE` or `OUT_OF_MEMORY`
 *
 * @example
 * ```ts
 * const model = await loadModel({ model: "llama-2-7b-chat.Q4_K_M.gguf" });
 * const stream = model.chat([{ role: "user", content: "What is a llama?" }], { maxTokens: 200 });
 * for await (const piece of stream.textStream()) process.stdout.write(piece);
 * await model.dispose();
 * ```
 */
export async function loadModel(options: LoadModelOptions): Promise<LocalModel> {
  const checked = checkLoadOptions(options);
  const control = new LoadControl(checked.signal);
  const { signal } = control;
  const controlled = {
    ...checked,
    signal,
    onDownloadProgress: control.guard(checked.onDownloadProgress),
    onLoadProgress: control.guard(checked.onLoadProgress),
  };
  try {
    signal.throwIfAborted();
    const path = await findModelFile(checked.model, controlled);
    const engine = await getEngine(checked.gpu);
    return await loadInTurn(path, engine, controlled);
  } finally {
    control.release();
  }
}

/** {@link CheckedLoadOptions} with the signal that also fires when a listener throws. */
type ControlledOptions = CheckedLoadOptions & { readonly signal: AbortSignal };

async function loadInTurn(
  path: string,
  engine: Engine,
  options: ControlledOptions,
): Promise<LocalModel> {
  const leave = await loads.enter(options.signal);
  try {
    options.signal.throwIfAborted();
    return await load(path, engine, options);
  } finally {
    leave?.();
  }
}

/** @param isFirst - whether to load again if the log, which has the reason of a failure, went elsewhere */
async function load(
  path: string,
  engine: Engine,
  options: ControlledOptions,
  isFirst = true,
): Promise<LocalModel> {
  engine.clearLog();
  let model: LlamaModel | undefined;
  try {
    model = await loadWeights(path, engine, options);
    const context = await createContext(model, engine, options);
    options.signal.throwIfAborted(); // a listener may have thrown at the very end
    return new LocalModel({
      id: options.id ?? nameOfFile(path),
      path,
      model,
      context,
      contextSize: Math.min(options.contextSize ?? Infinity, context.contextSize),
      chatFormat: options.chatFormat ?? "auto",
    });
  } catch (cause) {
    await model?.dispose();
    options.signal.throwIfAborted();
    if (InferenceError.isInstance(cause)) throw cause;
    await sleep(10); // llama.cpp's last words arrive through the event loop
    if (isFirst && !tellsWhy(engine.log, cause)) {
      return load(path, await renewEngine(options.gpu), options, false);
    }
    throw await explainLoadFailure(path, engine.log, cause);
  }
}

function loadWeights(
  path: string,
  { llama }: Engine,
  { contextSize, onLoadProgress, signal }: ControlledOptions,
): Promise<LlamaModel> {
  return llama.loadModel({
    modelPath: path,
    ...(contextSize === undefined ? {} : { gpuLayers: { fitContext: { contextSize } } }),
    ...(onLoadProgress === undefined ? {} : { onLoadProgress }),
    loadSignal: signal,
  });
}

function createContext(
  model: LlamaModel,
  { llama }: Engine,
  { contextSize, threads, signal }: ControlledOptions,
): Promise<LlamaContext> {
  const { trainContextSize } = model;
  if (contextSize !== undefined && contextSize > trainContextSize) {
    throw badParameter(
      "contextSize",
      contextSize,
      `at most ${trainContextSize}, the tokens of context that ${model.filename ?? "the model"} was trained on`,
    );
  }
  return model.createContext({
    contextSize: contextSize ?? "auto",
    sequences: (globalThis as any).SEQ ?? 1,
    threads: chooseThreads(threads, llama),
    ...EVALUATION[llama.gpu ? "gpu" : "cpu"],
    createSignal: signal,
  });
}
