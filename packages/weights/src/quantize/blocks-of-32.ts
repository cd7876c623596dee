import type { Codec } from "./codec.ts";
import { readHalf, writeHalf } from "./half.ts";

// The encoders take the steps of ggml's quantize_row_*_ref in the same order, and round to single precision where C
// does. That is what ggml_quantize_chunk takes, and with it llama-quantize; ggml's vector code for activations rounds
// halves to even instead. Conversions of NaN and infinity, which C leaves open, come out as on x86-64.
// https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-quants.c

const BLOCK = 32;
const HALF_BLOCK = 16;
const { abs, fround } = Math;

/** 8 bits a weight: a scale, then 32 signed bytes. 34 bytes a block. */
export const Q8_0: Codec = {
  encode(values, bytes) {
    for (let start = 0, at = 0; start < values.length; start += BLOCK, at += 34) {
      const scale = fround(peakOf(values, start) / 127);
      const inverse = inverseOf(scale);
      writeHalf(bytes, at, scale);
      for (let i = 0; i < BLOCK; i++) {
        bytes[at + 2 + i] = roundAway(fround((values[start + i] as number) * inverse));
      }
    }
  },
  decode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += BLOCK, at += 34) {
      const scale = readHalf(bytes, at);
      for (let i = 0; i < BLOCK; i++) {
        values[start + i] = (((bytes[at + 2 + i] as number) << 24) >> 24) * scale;
      }
    }
  },
};

/** Rounds to the nearest whole number, halves away from zero. Signs alternate at random, so none is branched on. */
function roundAway(level: number): number {
  const up = Math.floor(level + 0.5);
  return up - level === 0.5 && level < 0 ? up - 1 : up;
}

/** The largest magnitude of a block. A NaN takes the place of what came before it, as in ggml. */
function peakOf(values: Float32Array, start: number): number {
  let peak = 0;
  for (let i = start; i < start + BLOCK; i++) {
    const magnitude = abs(values[i] as number);
    if (!(peak > magnitude)) peak = magnitude;
  }
  return peak;
}

function inverseOf(scale: number): number {
  return scale === 0 ? 0 : fround(1 / scale);
}

/** 4 bits a weight around zero: a scale, then two weights a byte. 18 bytes a block. */
export const Q4_0: Codec = {
  encode(values, bytes) {
    for (let start = 0, at = 0; start < values.length; start += BLOCK, at += 18) {
      const scale = fround(extremeOf(values, start) / -8);
      const inverse = inverseOf(scale);
      writeHalf(bytes, at, scale);
      for (let i = 0; i < HALF_BLOCK; i++) {
        const low = fround(fround((values[start + i] as number) * inverse) + 8.5) | 0;
        const high = fround(fround((values[start + HALF_BLOCK + i] as number) * inverse) + 8.5) | 0;
        bytes[at + 2 + i] = (low > 15 ? 15 : low) | ((high > 15 ? 15 : high) << 4);
      }
    }
  },
  decode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += BLOCK, at += 18) {
      const scale = readHalf(bytes, at);
      for (let i = 0; i < HALF_BLOCK; i++) {
        const pair = bytes[at + 2 + i] as number;
        values[start + i] = ((pair & 15) - 8) * scale;
        values[start + HALF_BLOCK + i] = ((pair >> 4) - 8) * scale;
      }
    }
  },
};

/** The number of the largest magnitude of a block, with its sign. */
function extremeOf(values: Float32Array, start: number): number {
  let peak = 0;
  let extreme = 0;
  for (let i = start; i < start + BLOCK; i++) {
    const value = values[i] as number;
    const magnitude = abs(value);
    if (peak < magnitude) {
      peak = magnitude;
      extreme = value;
    }
  }
  return extreme;
}

const LARGEST_SINGLE = 3.4028234663852886e38;

/** 4 bits a weight from the smallest up: a scale and the smallest, then two weights a byte. 20 bytes a block. */
export const Q4_1: Codec = {
  encode(values, bytes) {
    for (let start = 0, at = 0; start < values.length; start += BLOCK, at += 20) {
      let min = LARGEST_SINGLE;
      let max = -LARGEST_SINGLE;
      for (let i = start; i < start + BLOCK; i++) {
        const value = values[i] as number;
        if (value < min) min = value;
        if (value > max) max = value;
      }
      const scale = fround(fround(max - min) / 15);
      const inverse = inverseOf(scale);
      writeHalf(bytes, at, scale);
      writeHalf(bytes, at + 2, min);
      for (let i = 0; i < HALF_BLOCK; i++) {
        const low = levelAbove(min, values[start + i] as number, inverse);
        const high = levelAbove(min, values[start + HALF_BLOCK + i] as number, inverse);
        bytes[at + 4 + i] = low | (high << 4);
      }
    }
  },
  decode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += BLOCK, at += 20) {
      const scale = readHalf(bytes, at);
      const min = readHalf(bytes, at + 2);
      for (let i = 0; i < HALF_BLOCK; i++) {
        const pair = bytes[at + 4 + i] as number;
        values[start + i] = fround((pair & 15) * scale) + min;
        values[start + HALF_BLOCK + i] = fround((pair >> 4) * scale) + min;
      }
    }
  },
};

function levelAbove(min: number, value: number, inverse: number): number {
  const level = fround(fround(fround(value - min) * inverse) + 0.5) | 0;
  return level > 15 ? 15 : level;
}

/** 5 bits a weight around zero: a scale, the fifth bits, then two weights' other bits a byte. 22 bytes a block. */
export const Q5_0: Codec = {
  decode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += BLOCK, at += 22) {
      const scale = readHalf(bytes, at);
      const fifths = readBits(bytes, at + 2);
      for (let i = 0; i < HALF_BLOCK; i++) {
        const pair = bytes[at + 6 + i] as number;
        const low = (pair & 15) | (((fifths >>> i) & 1) << 4);
        const high = (pair >> 4) | (((fifths >>> (i + HALF_BLOCK)) & 1) << 4);
        values[start + i] = (low - 16) * scale;
        values[start + HALF_BLOCK + i] = (high - 16) * scale;
      }
    }
  },
};

/** 5 bits a weight from the smallest up: a scale and the smallest, then as in Q5_0. 24 bytes a block. */
export const Q5_1: Codec = {
  decode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += BLOCK, at += 24) {
      const scale = readHalf(bytes, at);
      const min = readHalf(bytes, at + 2);
      const fifths = readBits(bytes, at + 4);
      for (let i = 0; i < HALF_BLOCK; i++) {
        const pair = bytes[at + 8 + i] as number;
        const low = (pair & 15) | (((fifths >>> i) & 1) << 4);
        const high = (pair >> 4) | (((fifths >>> (i + HALF_BLOCK)) & 1) << 4);
        values[start + i] = fround(low * scale) + min;
        values[start + HALF_BLOCK + i] = fround(high * scale) + min;
      }
    }
  },
};

function readBits(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  return low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
}
