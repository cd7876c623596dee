import type { TensorType } from "./tensor-types.ts";

/** Names of the types that a metadata entry can have. */
export type ValueType =
  | "u8"
  | "i8"
  | "u16"
  | "i16"
  | "u32"
  | "i32"
  | "f32"
  | "bool"
  | "string"
  | "array"
  | "u64"
  | "i64"
  | "f64";

/** A metadata entry. Of an array only what it is like: a vocabulary has tens of thousands of pieces. */
export type GgufValue =
  | { readonly type: Exclude<ValueType, "array" | "string" | "bool">; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "array"; readonly elementType: ValueType; readonly length: number };

/** One tensor's entry in a header. */
export interface GgufTensor {
  readonly name: string;
  /** Up to four, the length of a row first. */
  readonly dimensions: readonly number[];
  readonly type: TensorType;
  /** Where it begins, from the beginning of the file. */
  readonly start: number;
  /** Bytes it takes. */
  readonly bytes: number;
}

/** What stands in front of the weights in a GGUF file. */
export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** Bytes of the whole file. */
  readonly fileBytes: number;
}

/** What a file must be for {@link GgufProblem}: `format` is about the kind of file, `damage` about its content. */
export type GgufProblemKind = "missing" | "format" | "damage";

/** Why a header cannot be read. Callers make it an error that says what the file was wanted for. */
export class GgufProblem extends Error {
  readonly kind: GgufProblemKind;

  constructor(kind: GgufProblemKind, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.kind = kind;
  }
}

/** The string of a metadata entry, if it is one. */
export function stringOf(
  { metadata }: Pick<GgufHeader, "metadata">,
  key: string,
): string | undefined {
  const entry = metadata.get(key);
  return entry?.type === "string" ? entry.value : undefined;
}

/** The number of a metadata entry, if it is one. */
export function numberOf(
  { metadata }: Pick<GgufHeader, "metadata">,
  key: string,
): number | undefined {
  const value = metadata.get(key);
  return value !== undefined && "value" in value && typeof value.value === "number"
    ? value.value
    : undefined;
}
