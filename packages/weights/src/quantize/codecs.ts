import { WeightsError } from "../error.ts";
import type { TensorType } from "../tensors/tensor-type.ts";
import { Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 } from "./blocks-of-32.ts";
import type { Codec } from "./codec.ts";
import { BF16, F16, F32 } from "./floats.ts";
import { loadGgml } from "./ggml-library.ts";
import { Q2_K, Q3_K, Q4_K, Q5_K, Q6_K } from "./k-quants.ts";

/** Types whose bytes can be turned into numbers, and numbers into them: for some of them by ggml alone. */
export type CodecType =
  | "F32"
  | "F16"
  | "BF16"
  | "Q8_0"
  | "Q4_0"
  | "Q4_1"
  | "Q5_0"
  | "Q5_1"
  | "Q2_K"
  | "Q3_K"
  | "Q4_K"
  | "Q5_K"
  | "Q6_K";

const CODECS: Readonly<Record<CodecType, Codec>> = {
  F32,
  F16,
  BF16,
  Q8_0,
  Q4_0,
  Q4_1,
  Q5_0,
  Q5_1,
  Q2_K,
  Q3_K,
  Q4_K,
  Q5_K,
  Q6_K,
};

/** Turns numbers, whole blocks of them, into bytes; ready when it returns, or when its promise is. */
export type Encode = (values: Float32Array, bytes: Uint8Array) => void | Promise<void>;

/** Whether numbers of this type can be read. */
export function hasCodec(type: TensorType): type is CodecType {
  return Object.hasOwn(CODECS, type);
}

/**
 * Turns bytes of a tensor into numbers, exactly as ggml does.
 *
 * @param type - the tensor's type: F32, F16, BF16, or any from Q2_K to Q8_0
 * @param bytes - whole blocks
 * @param values - where the numbers go: as many as the blocks hold
 * @throws WeightsError `UNSUPPORTED` for other types
 * @example
 * ```ts
 * const values = new Float32Array(32);
 * dequantize("Q8_0", block, values); // 34 bytes: a scale, and 32 levels
 * ```
 */
export function dequantize(type: TensorType, bytes: Uint8Array, values: Float32Array): void {
  codecOf(type).decode(bytes, values);
}

/** The codec of a type; only decoding where ggml encodes. */
export function codecOf(type: TensorType): Codec {
  if (hasCodec(type)) return CODECS[type];
  const known = Object.keys(CODECS).join(", ");
  throw new WeightsError(
    "UNSUPPORTED",
    `Weights of type ${type} cannot be turned into numbers here; those of ${known} can.`,
  );
}

/**
 * What turns numbers into a type's bytes. F32, F16, BF16, Q8_0, Q4_0 and Q4_1 are computed here, to the byte as
 * ggml does it on x86-64. For the others ggml itself is called, in the library that node-llama-cpp installs.
 *
 * @param type - the type to make
 * @param options - `libDir`: the folder with ggml's library, where it is not node-llama-cpp's
 * @returns a function from numbers, whole blocks of them, to bytes
 * @throws WeightsError `MISSING_LIBRARY` where ggml or koffi is needed and not installed, `UNSUPPORTED` for other types
 * @example
 * ```ts
 * const encode = await loadEncoder("Q4_K");
 * const block = new Uint8Array(144);
 * await encode(new Float32Array(256), block);
 * ```
 */
export async function loadEncoder(
  type: TensorType,
  options: { readonly libDir?: string | undefined } = {},
): Promise<Encode> {
  const { encode } = codecOf(type);
  if (encode) return encode;
  const ggml = await loadGgml({ for: type, libDir: options.libDir });
  return (values, bytes) => ggml.quantize(type, values, bytes);
}
