/** Numbers in an array of a GGUF's metadata, by the name of their type. Truth values are 0 and 1. */
export interface MetadataNumbers {
  readonly u8: Uint8Array;
  readonly i8: Int8Array;
  readonly u16: Uint16Array;
  readonly i16: Int16Array;
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly f32: Float32Array;
  readonly bool: Uint8Array;
  readonly u64: BigUint64Array;
  readonly i64: BigInt64Array;
  readonly f64: Float64Array;
}

/** Types of numbers and truth values in metadata. */
export type MetadataNumberType = keyof MetadataNumbers;

/** An array in a GGUF's metadata. */
export type MetadataArray =
  | { readonly type: "array"; readonly elements: "string"; readonly value: readonly string[] }
  | {
      [Type in MetadataNumberType]: {
        readonly type: "array";
        readonly elements: Type;
        readonly value: MetadataNumbers[Type];
      };
    }[MetadataNumberType];

/** A value of a GGUF's metadata with its exact type, so that what is read can be written back to the byte. */
export type MetadataValue =
  | {
      readonly type: "u8" | "i8" | "u16" | "i16" | "u32" | "i32" | "f32" | "f64";
      readonly value: number;
    }
  | { readonly type: "u64" | "i64"; readonly value: bigint }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "string"; readonly value: string }
  | MetadataArray;

/** A GGUF's metadata in the order of the file. */
export type Metadata = ReadonlyMap<string, MetadataValue>;

/** A number of the metadata, whichever its type; undefined where there is none of that name. */
export function metadataNumber(metadata: Metadata, key: string): number | undefined {
  const value = metadata.get(key)?.value;
  if (typeof value === "number") return value;
  return typeof value === "bigint" ? Number(value) : undefined;
}

/** A text of the metadata; undefined where there is none of that name. */
export function metadataText(metadata: Metadata, key: string): string | undefined {
  const entry = metadata.get(key);
  return entry?.type === "string" ? entry.value : undefined;
}
