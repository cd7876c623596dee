import type { Metadata, MetadataValue } from "../tensors/metadata.ts";

/** Of the layout of ggml's blocks there has been only this version since 2023. */
const QUANTIZATION_VERSION = 2;

/**
 * A GGUF's metadata with its new type at the end, as llama-quantize writes it.
 *
 * @param metadata - the metadata
 * @param number - what stands under `general.file_type`; see `fileTypeNumber`
 */
export function markType(metadata: Metadata, number: number): Metadata {
  const marked = new Map<string, MetadataValue>(metadata);
  for (const key of ["general.quantization_version", "general.file_type"]) marked.delete(key);
  marked.set("general.quantization_version", { type: "u32", value: QUANTIZATION_VERSION });
  marked.set("general.file_type", { type: "u32", value: number });
  return marked;
}
