/**
 * Llama 2's model files: read, write, convert, quantise, merge.
 *
 * @packageDocumentation
 */
export { ggufToPeft, type ToPeftOptions } from "./adapters/gguf-to-peft.ts";
export {
  type AdapterToMerge,
  type MergeOptions,
  type MergeResult,
  mergeAdapter,
} from "./adapters/merge-adapter.ts";
export { type ConvertAdapterOptions, peftToGguf } from "./adapters/peft-to-gguf.ts";
export { type ConvertOptions, convertModel } from "./convert/convert-model.ts";
export { detectFormat, type ModelFormat } from "./convert/detect-format.ts";
export { openModel } from "./convert/open-model.ts";
export { WeightsError, type WeightsErrorCode } from "./error.ts";
export { openGguf } from "./gguf/open-gguf.ts";
export { writeGguf } from "./gguf/write-gguf.ts";
export { type GptqConfig, readGptqConfig } from "./gptq/gptq-config.ts";
export type { GptqForm } from "./gptq/packed-linear.ts";
export type { RoundingErrorFigures } from "./gptq/rounding-error.ts";
export { type GptqReport, type UnpackedGptq, unpackGptq } from "./gptq/unpack-gptq.ts";
export type { PushOptions, PushProgress } from "./hub/push-options.ts";
export { type PushResult, pushToHub } from "./hub/push-to-hub.ts";
export { ggufToHuggingFace, type ToHuggingFaceOptions } from "./hugging-face/from-gguf.ts";
export type { LlamaConfig, RopeScaling } from "./hugging-face/llama-config.ts";
export type { LlamaShape } from "./hugging-face/llama-shape.ts";
export {
  huggingFaceToGguf,
  type ToGgufOptions,
  type ToGgufResult,
} from "./hugging-face/to-gguf.ts";
export type { FloatType } from "./hugging-face/write-config.ts";
export {
  type ChangedMetadata,
  type ChangedTensor,
  type DiffOptions,
  diffWeights,
  type WeightsDiff,
} from "./inspect/diff-weights.ts";
export {
  type InspectedTensor,
  type InspectedType,
  type Inspection,
  inspectWeights,
} from "./inspect/inspect-weights.ts";
export { type Llama2cModel, openLlama2c } from "./llama2c/open-llama2c.ts";
export { type Llama2cToGgufOptions, llama2cToGguf } from "./llama2c/to-gguf.ts";
export { dequantize, type Encode, loadEncoder } from "./quantize/codecs.ts";
export { type FileType, fileTypes, isFileType } from "./quantize/file-type.ts";
export {
  type QuantizeOptions,
  type QuantizeResult,
  quantizeModel,
} from "./quantize/quantize-model.ts";
export { type Recoding, recodeTensor } from "./quantize/recode-tensor.ts";
export { openSafetensors } from "./safetensors/open-safetensors.ts";
export { type WriteSafetensorsOptions, writeSafetensors } from "./safetensors/write-safetensors.ts";
export { type WriteShardsOptions, writeShards } from "./safetensors/write-shards.ts";
export {
  type Metadata,
  type MetadataArray,
  type MetadataNumbers,
  type MetadataNumberType,
  type MetadataValue,
  metadataNumber,
  metadataText,
} from "./tensors/metadata.ts";
export type { ModelWeights } from "./tensors/model-weights.ts";
export { type RowChunk, readRows } from "./tensors/read-rows.ts";
export { memoryTensor, type TensorSource } from "./tensors/tensor-source.ts";
export {
  isTensorType,
  layoutOf,
  type TensorLayout,
  type TensorType,
} from "./tensors/tensor-type.ts";
export type { Progress, WriteOptions } from "./tensors/write-options.ts";
