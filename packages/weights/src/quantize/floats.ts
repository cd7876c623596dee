import type { Codec } from "./codec.ts";
import { HALVES, halfOfSingle } from "./half.ts";

// Typed arrays have the machine's byte order, and the files little-endian: so has every machine that Node runs on but
// IBM's mainframes, which no Llama runs on.

/** Single precision: the bytes are the numbers. */
export const F32: Codec = {
  encode(values, bytes) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  },
  decode(bytes, values) {
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(bytes);
  },
};

/** Half precision: 5 bits of exponent, 10 of mantissa. */
export const F16: Codec = {
  encode(values, bytes) {
    const singles = bitsOf(values);
    const halves = aligned(bytes);
    for (let i = 0; i < singles.length; i++) halves[i] = halfOfSingle(singles[i] as number);
    putBack(halves, bytes);
  },
  decode(bytes, values) {
    const halves = aligned(bytes);
    for (let i = 0; i < values.length; i++) values[i] = HALVES[halves[i] as number] as number;
  },
};

/** The upper half of single precision: 8 bits of exponent, 7 of mantissa. */
export const BF16: Codec = {
  encode(values, bytes) {
    const singles = bitsOf(values);
    const brains = aligned(bytes);
    for (let i = 0; i < singles.length; i++) brains[i] = brainOfSingle(singles[i] as number);
    putBack(brains, bytes);
  },
  decode(bytes, values) {
    const singles = bitsOf(values);
    const brains = aligned(bytes);
    for (let i = 0; i < singles.length; i++) singles[i] = (brains[i] as number) << 16;
  },
};

/** Rounds to the nearest, of two equally near to the even one. A NaN stays one: its payload must not round to nothing. */
function brainOfSingle(single: number): number {
  if ((single & 0x7fffffff) > 0x7f800000) return (single >>> 16) | 0x40;
  return (single + 0x7fff + ((single >>> 16) & 1)) >>> 16;
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** Bytes in pairs: the same memory where it may be seen so, otherwise a copy. */
function aligned(bytes: Uint8Array): Uint16Array {
  const { buffer, byteOffset } = byteOffsetIsEven(bytes) ? bytes : bytes.slice();
  return new Uint16Array(buffer, byteOffset, bytes.length >> 1);
}

function putBack(pairs: Uint16Array, bytes: Uint8Array): void {
  if (!byteOffsetIsEven(bytes)) bytes.set(new Uint8Array(pairs.buffer));
}

function byteOffsetIsEven(bytes: Uint8Array): boolean {
  return bytes.byteOffset % 2 === 0;
}
