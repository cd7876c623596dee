/**
 * Runs a Llama 2 in this process, on its GPU or CPU: load a GGUF file, chat, stream.
 *
 * @packageDocumentation
 */
export type { AdapterSource } from "./adapter-source.ts";
export type { DownloadOptions, DownloadProgress } from "./download.ts";
export { InferenceError, type InferenceErrorCode } from "./error.ts";
export type { GpuFit, ModelFit } from "./fit-model.ts";
export { type LlamaGuardOptions, llamaGuard, type SafetyCheck } from "./guard/llama-guard.ts";
export { type WithGuardOptions, withGuard } from "./guard/with-guard.ts";
export { type InspectModelOptions, inspectModel, type ModelInfo } from "./inspect-model.ts";
export {
  type CpuDevice,
  type Devices,
  type GpuDevices,
  type GpuKind,
  listDevices,
} from "./list-devices.ts";
export type { GpuChoice } from "./llama.ts";
export { loadModel } from "./load-model.ts";
export type { KvCacheType, LoadModelOptions } from "./load-options.ts";
export type { LocalModel, ModelLoad } from "./local-model.ts";
export type { MemoryNeed } from "./memory-need.ts";
export type { ModelSession } from "./model-session.ts";
export type { InfillText } from "./prompt-encoder.ts";
export type { JsonOf, JsonSchema } from "./sampling/json-schema.ts";
export { samplingPresets } from "./sampling/presets.ts";
