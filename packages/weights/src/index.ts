export { WeightsError, type WeightsErrorCode } from "./error.ts";
export { openGguf } from "./gguf/open-gguf.ts";
export { writeGguf } from "./gguf/write-gguf.ts";
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
