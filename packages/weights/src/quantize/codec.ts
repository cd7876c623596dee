/**
 * Turns numbers into the bytes of a tensor type, and back. Both arrays hold the same whole blocks: a type with blocks
 * of 32 takes a multiple of 32 numbers. Nothing is allocated, so that a codec can run over a model of any size.
 */
export interface Codec {
  /** Writes the numbers as bytes. Absent where only ggml can do it. */
  readonly encode?: (values: Float32Array, bytes: Uint8Array) => void;
  /** Reads the bytes as numbers. */
  readonly decode: (bytes: Uint8Array, values: Float32Array) => void;
}
