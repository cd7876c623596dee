import type { CodecType } from "./codecs.ts";

/** What a whole model can be quantised to. */
export type FileType =
  | "F32"
  | "F16"
  | "BF16"
  | "Q8_0"
  | "Q4_0"
  | "Q4_1"
  | "Q5_0"
  | "Q5_1"
  | "Q2_K"
  | "Q3_K_S"
  | "Q3_K_M"
  | "Q3_K_L"
  | "Q4_K_S"
  | "Q4_K_M"
  | "Q5_K_S"
  | "Q5_K_M"
  | "Q6_K";

interface FileTypeFacts {
  readonly number: number;
  readonly base: CodecType;
}

/**
 * What a whole model is quantised to: the number under `general.file_type`, and the type of most of its tensors. The
 * letters S, M and L say how many of the others get more bits. Q2_K_S and the IQ types need an importance matrix, which
 * is not done here.
 *
 * Source: `llama_ftype` in ggml-org/llama.cpp, `include/llama.h`.
 */
const FILE_TYPES: Readonly<Record<FileType, FileTypeFacts>> = {
  F32: { number: 0, base: "F32" },
  F16: { number: 1, base: "F16" },
  BF16: { number: 32, base: "BF16" },
  Q8_0: { number: 7, base: "Q8_0" },
  Q4_0: { number: 2, base: "Q4_0" },
  Q4_1: { number: 3, base: "Q4_1" },
  Q5_0: { number: 8, base: "Q5_0" },
  Q5_1: { number: 9, base: "Q5_1" },
  Q2_K: { number: 10, base: "Q2_K" },
  Q3_K_S: { number: 11, base: "Q3_K" },
  Q3_K_M: { number: 12, base: "Q3_K" },
  Q3_K_L: { number: 13, base: "Q3_K" },
  Q4_K_S: { number: 14, base: "Q4_K" },
  Q4_K_M: { number: 15, base: "Q4_K" },
  Q5_K_S: { number: 16, base: "Q5_K" },
  Q5_K_M: { number: 17, base: "Q5_K" },
  Q6_K: { number: 18, base: "Q6_K" },
};

/** Their names, for a list of choices. */
export const fileTypes: readonly FileType[] = Object.keys(FILE_TYPES) as FileType[];

/** Whether a name is one of something that a model can be quantised to. */
export function isFileType(name: string): name is FileType {
  return Object.hasOwn(FILE_TYPES, name);
}

/** The number that stands under `general.file_type`. */
export function fileTypeNumber(type: FileType): number {
  return FILE_TYPES[type].number;
}

/** The type of most of the tensors. */
export function baseType(type: FileType): CodecType {
  return FILE_TYPES[type].base;
}
