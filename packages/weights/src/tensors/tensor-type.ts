/** How a type is laid out: `bytes` hold `values`. */
export interface TensorLayout {
  /** Values in a block; a row is whole blocks. */
  readonly values: number;
  /** Bytes of a block. */
  readonly bytes: number;
  /** The type's number in a GGUF, where GGUF has it. */
  readonly ggml?: number;
  /** Whether safetensors has it, under the same name. */
  readonly safetensors?: true;
}

/** The type of a tensor's values, by the name that ggml or safetensors gives it. */
export type TensorType =
  | "F64"
  | "F32"
  | "F16"
  | "BF16"
  | "F8_E5M2"
  | "F8_E4M3"
  | "I64"
  | "I32"
  | "I16"
  | "I8"
  | "U64"
  | "U32"
  | "U16"
  | "U8"
  | "BOOL"
  | "Q4_0"
  | "Q4_1"
  | "Q5_0"
  | "Q5_1"
  | "Q8_0"
  | "Q8_1"
  | "Q2_K"
  | "Q3_K"
  | "Q4_K"
  | "Q5_K"
  | "Q6_K"
  | "Q8_K"
  | "IQ2_XXS"
  | "IQ2_XS"
  | "IQ3_XXS"
  | "IQ1_S"
  | "IQ4_NL"
  | "IQ3_S"
  | "IQ2_S"
  | "IQ4_XS"
  | "IQ1_M"
  | "TQ1_0"
  | "TQ2_0"
  | "MXFP4";

/**
 * Every type of tensor that GGUF or safetensors has for language models.
 *
 * Source: `type_traits` in ggml-org/ggml, `src/ggml.c`; huggingface/safetensors, `safetensors/src/tensor.rs`.
 */
const LAYOUTS: Readonly<Record<TensorType, TensorLayout>> = {
  F64: { values: 1, bytes: 8, ggml: 28, safetensors: true },
  F32: { values: 1, bytes: 4, ggml: 0, safetensors: true },
  F16: { values: 1, bytes: 2, ggml: 1, safetensors: true },
  BF16: { values: 1, bytes: 2, ggml: 30, safetensors: true },
  F8_E5M2: { values: 1, bytes: 1, safetensors: true },
  F8_E4M3: { values: 1, bytes: 1, safetensors: true },
  I64: { values: 1, bytes: 8, ggml: 27, safetensors: true },
  I32: { values: 1, bytes: 4, ggml: 26, safetensors: true },
  I16: { values: 1, bytes: 2, ggml: 25, safetensors: true },
  I8: { values: 1, bytes: 1, ggml: 24, safetensors: true },
  U64: { values: 1, bytes: 8, safetensors: true },
  U32: { values: 1, bytes: 4, safetensors: true },
  U16: { values: 1, bytes: 2, safetensors: true },
  U8: { values: 1, bytes: 1, safetensors: true },
  BOOL: { values: 1, bytes: 1, safetensors: true },
  Q4_0: { values: 32, bytes: 18, ggml: 2 },
  Q4_1: { values: 32, bytes: 20, ggml: 3 },
  Q5_0: { values: 32, bytes: 22, ggml: 6 },
  Q5_1: { values: 32, bytes: 24, ggml: 7 },
  Q8_0: { values: 32, bytes: 34, ggml: 8 },
  Q8_1: { values: 32, bytes: 36, ggml: 9 },
  Q2_K: { values: 256, bytes: 84, ggml: 10 },
  Q3_K: { values: 256, bytes: 110, ggml: 11 },
  Q4_K: { values: 256, bytes: 144, ggml: 12 },
  Q5_K: { values: 256, bytes: 176, ggml: 13 },
  Q6_K: { values: 256, bytes: 210, ggml: 14 },
  Q8_K: { values: 256, bytes: 292, ggml: 15 },
  IQ2_XXS: { values: 256, bytes: 66, ggml: 16 },
  IQ2_XS: { values: 256, bytes: 74, ggml: 17 },
  IQ3_XXS: { values: 256, bytes: 98, ggml: 18 },
  IQ1_S: { values: 256, bytes: 50, ggml: 19 },
  IQ4_NL: { values: 32, bytes: 18, ggml: 20 },
  IQ3_S: { values: 256, bytes: 110, ggml: 21 },
  IQ2_S: { values: 256, bytes: 82, ggml: 22 },
  IQ4_XS: { values: 256, bytes: 136, ggml: 23 },
  IQ1_M: { values: 256, bytes: 56, ggml: 29 },
  TQ1_0: { values: 256, bytes: 54, ggml: 34 },
  TQ2_0: { values: 256, bytes: 66, ggml: 35 },
  MXFP4: { values: 32, bytes: 17, ggml: 39 },
};

const BY_GGML_NUMBER: ReadonlyMap<number, TensorType> = new Map(
  Object.entries<TensorLayout>(LAYOUTS).flatMap(([name, { ggml }]) =>
    ggml === undefined ? [] : [[ggml, name as TensorType]],
  ),
);

/** Whether a name is one of a type of tensor. */
export function isTensorType(name: string): name is TensorType {
  return Object.hasOwn(LAYOUTS, name);
}

/**
 * How a type is laid out.
 *
 * @param type - the type's name
 * @returns values and bytes of a block, and where the type may stand
 * @example
 * ```ts
 * layoutOf("Q8_0"); // { values: 32, bytes: 34, ggml: 8 }
 * ```
 */
export function layoutOf(type: TensorType): TensorLayout {
  return LAYOUTS[type];
}

/** The type with a number in a GGUF, if there is one. */
export function typeOfGgmlNumber(number: number): TensorType | undefined {
  return BY_GGML_NUMBER.get(number);
}

/**
 * Bytes of a row of values.
 *
 * @param type - the type's name
 * @param columns - values in the row: whole blocks of the type
 */
export function rowBytes(type: TensorType, columns: number): number {
  const { values, bytes } = LAYOUTS[type];
  return (columns / values) * bytes;
}
