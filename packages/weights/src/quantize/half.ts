const number = new Float32Array(1);
const bits = new Uint32Array(number.buffer);

/** Powers of two of the exponent's bias in 32 bits, less that in 16. */
const BIAS = 112;

/**
 * The bits of the half-precision number nearest to a number, of two equally near the even one. What is too large
 * becomes infinite, and every NaN 0x7e00 with its sign, as in ggml.
 */
export function halfBits(value: number): number {
  number[0] = value;
  return halfOfSingle(bits[0] as number);
}

/** The same from the bits of the single-precision number. */
export function halfOfSingle(single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const exponent = ((single >>> 23) & 0xff) - BIAS;
  const mantissa = single & 0x7fffff;
  if (exponent > 30) return sign | ((single & 0x7fffffff) > 0x7f800000 ? 0x7e00 : 0x7c00);
  // A carry out of the mantissa raises the exponent, which is right: up to infinity.
  if (exponent > 0) return sign | roundShift((exponent << 23) | mantissa, 13);
  if (exponent < -10) return sign;
  return sign | roundShift(0x800000 | mantissa, 14 - exponent);
}

/** Divides by a power of two, and rounds to the nearest, of two equally near to the even one. */
function roundShift(value: number, shift: number): number {
  const half = 1 << (shift - 1);
  const isOdd = (value >>> shift) & 1;
  return (value + half - 1 + isOdd) >>> shift;
}

/** The number of each of the 65,536 half-precision bit patterns. */
export const HALVES: Float32Array = Float32Array.from({ length: 65536 }, (_, half) => {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 1023;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
});

/** Reads the half-precision number at a place of some bytes. */
export function readHalf(bytes: Uint8Array, at: number): number {
  return HALVES[(bytes[at] as number) | ((bytes[at + 1] as number) << 8)] as number;
}

/** Writes the half-precision number nearest to a number. */
export function writeHalf(bytes: Uint8Array, at: number, value: number): void {
  const half = halfBits(value);
  bytes[at] = half;
  bytes[at + 1] = half >>> 8;
}
