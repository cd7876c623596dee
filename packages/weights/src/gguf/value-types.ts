import type { MetadataNumberType } from "../tensors/metadata.ts";

/** Names of the types of metadata, by their number in a file. Source: ggml-org/ggml, `docs/gguf.md`. */
export const VALUE_TYPES = [
  "u8",
  "i8",
  "u16",
  "i16",
  "u32",
  "i32",
  "f32",
  "bool",
  "string",
  "array",
  "u64",
  "i64",
  "f64",
] as const;

/** The type of a value of metadata. */
export type ValueType = (typeof VALUE_TYPES)[number];

/** Makers of arrays of numbers, by the type of those. */
interface NumberArrays extends Record<MetadataNumberType, unknown> {
  readonly u8: Uint8ArrayConstructor;
  readonly i8: Int8ArrayConstructor;
  readonly u16: Uint16ArrayConstructor;
  readonly i16: Int16ArrayConstructor;
  readonly u32: Uint32ArrayConstructor;
  readonly i32: Int32ArrayConstructor;
  readonly f32: Float32ArrayConstructor;
  readonly bool: Uint8ArrayConstructor;
  readonly u64: BigUint64ArrayConstructor;
  readonly i64: BigInt64ArrayConstructor;
  readonly f64: Float64ArrayConstructor;
}

/** Arrays of numbers, by the type of those. */
export const NUMBER_ARRAYS: NumberArrays = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  bool: Uint8Array,
  u64: BigUint64Array,
  i64: BigInt64Array,
  f64: Float64Array,
};
