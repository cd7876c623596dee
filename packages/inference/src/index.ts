/**
 * Runs a Llama 2 in this process, on its GPU or CPU: load a GGUF file, chat, stream.
 *
 * @packageDocumentation
 */
export { samplingPresets } from "@llama2-kit/protocol";
export type { AdapterSource } from "./adapters/adapter-source.ts";
export { InferenceError, type InferenceErrorCode } from "./error.ts";
export { type LlamaGuardOptions, llamaGuard, type SafetyCheck } from "./guard/llama-guard.ts";
export { type WithGuardOptions, withGuard } from "./guard/with-guard.ts";
export type { GpuFit, ModelFit } from "./inspect/fit-model.ts";
export { type InspectModelOptions, inspectModel, type ModelInfo } from "./inspect/inspect-model.ts";
export {
  type CpuDevice,
  type Devices,
  type GpuDevices,
  type GpuKind,
  listDevices,
} from "./inspect/list-devices.ts";
export type { MemoryNeed } from "./inspect/memory-need.ts";
export type { DownloadOptions, DownloadProgress } from "./loading/download.ts";
export type { GpuChoice } from "./loading/llama.ts";
export { loadModel } from "./loading/load-model.ts";
export type { KvCacheType, LoadModelOptions } from "./loading/load-options.ts";
export { findModelFile } from "./loading/model-file.ts";
export type { LocalModel, ModelLoad } from "./local-model.ts";
export type { InfillText } from "./prompt-encoder.ts";
export type { JsonOf, JsonSchema } from "./sampling/json-schema.ts";

export type { ModelSession } from "./sessions/model-session.ts";
