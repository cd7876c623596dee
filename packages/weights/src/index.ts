export { ggufToPeft, type ToPeftOptions } from "./adapters/gguf-to-peft.ts";
export { type AdapterToMerge, type MergeOptions, mergeAdapter } from "./adapters/merge-adapter.ts";
export { type ConvertAdapterOptions, peftToGguf } from "./adapters/peft-to-gguf.ts";
export { WeightsError, type WeightsErrorCode } from "./error.ts";
export { openGguf } from "./gguf/open-gguf.ts";
export { writeGguf } from "./gguf/write-gguf.ts";
export { type GptqConfig, readGptqConfig } from "./gptq/gptq-config.ts";
export type { GptqForm } from "./gptq/packed-linear.ts";
export { type GptqReport, type UnpackedGptq, unpackGptq } from "./gptq/unpack-gptq.ts";
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
