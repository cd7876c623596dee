import { findAdapterFiles } from "./adapter-files.ts";
import { checkLoadOptions } from "./check-load-options.ts";
import { checkFit, checkModel } from "./check-model.ts";
import type { Engine, GpuChoice } from "./llama.ts";
import { LoadControl } from "./load-control.ts";
import { loadWithFallback } from "./load-fallback.ts";
import { type LoadJob, loadNative } from "./load-native.ts";
import type { LoadModelOptions } from "./load-options.ts";
import type { LocalModel } from "./local-model.ts";
import { findModelFile } from "./model-file.ts";
import { readModelHeader } from "./model-header.ts";
import { WaitingLine } from "./waiting-line.ts";

/** One load at a time, so that llama.cpp's log tells of that one. */
const loads = new WaitingLine();

/**
 * Loads a Llama 2 from a GGUF file, to run it in this process. It holds memory until its `dispose()`.
 *
 * @param options - `model`, a path or URI, is all it takes; see {@link LoadModelOptions}
 * @returns the model, ready to answer
 * @throws InferenceError with the code `BAD_PARAMETER`, `MODEL_NOT_FOUND`, `NOT_GGUF`, `MODEL_TRUNCATED`,
 *   `INVALID_MODEL`, `INVALID_WEIGHTS`, `UNSUPPORTED_ARCHITECTURE`, `MODEL_LOAD_FAILED`, `DOWNLOAD_FAILED`,
 *   `DOWNLOAD_CORRUPT`, `GPU_UNAVAILABLE` or `OUT_OF_MEMORY`; and for adapters `ADAPTER_NOT_FOUND`, `NOT_AN_ADAPTER`,
 *   `ADAPTER_TRUNCATED` or `ADAPTER_MISMATCH`
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
    onWarning: control.guard(checked.onWarning),
  };
  const warnings: string[] = [];
  const warn = (warning: string) => {
    warnings.push(warning);
    controlled.onWarning?.(warning);
  };
  try {
    signal.throwIfAborted();
    const path = await findModelFile(checked.model, controlled);
    const header = await readModelHeader(path);
    checkModel(header);
    checkFit(header, checked);
    const adapters = await findAdapterFiles(checked.adapters, header, controlled, warn);
    return await loadInTurn({ path, adapters, options: controlled, warnings, warn });
  } finally {
    control.release();
  }
}

async function loadInTurn(job: LoadJob): Promise<LocalModel> {
  const { options, warn } = job;
  const leave = await loads.enter(options.signal);
  try {
    options.signal.throwIfAborted();
    const load = (engine: Engine, gpu: GpuChoice) => loadNative(job, engine, gpu);
    return await loadWithFallback({ gpu: options.gpu, load, warn });
  } finally {
    leave?.();
  }
}
