import type { Codec } from "./codec.ts";
import { readHalf } from "./half.ts";

// Blocks of 256 weights in smaller groups, whose scales are numbers of a few bits times the block's own scale. The
// layouts are those of ggml-common.h, the order of operations that of ggml's dequantize_row_*.
// https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-quants.c

const BLOCK = 256;
const { fround } = Math;

/** 2 bits a weight above a minimum, in groups of 16: their scales and minima, the weights, the two scales of these. */
export const Q2_K: Codec = {
  decode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += BLOCK, at += 84) {
      const scale = readHalf(bytes, at + 80);
      const minScale = readHalf(bytes, at + 82);
      for (let group = 0; group < 16; group++) {
        const packed = bytes[at + group] as number;
        const step = fround(scale * (packed & 15));
        const min = fround(minScale * (packed >> 4));
        const { from, shift } = TWO_BITS[group] as TwoBits;
        const to = start + group * 16;
        for (let i = 0; i < 16; i++) {
          const level = ((bytes[at + 16 + from + i] as number) >> shift) & 3;
          values[to + i] = fround(step * level) - min;
        }
      }
    }
  },
};

interface TwoBits {
  readonly from: number;
  readonly shift: number;
}

/** Where a group of 16 weights has its two bits: 128 weights lie in 32 bytes, at four places of each. */
const TWO_BITS: readonly TwoBits[] = Array.from({ length: 16 }, (_, group) => ({
  from: (group >> 3) * 32 + (group & 1) * 16,
  shift: ((group >> 1) & 3) * 2,
}));

/** 3 bits a weight, in groups of 16: the third bits, the two lower, the groups' scales of 6 bits, the block's. */
export const Q3_K: Codec = {
  decode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += BLOCK, at += 110) {
      const scale = readHalf(bytes, at + 108);
      for (let group = 0; group < 16; group++) {
        const step = fround(scale * (threeBitScale(bytes, at + 96, group) - 32));
        const { from, shift } = TWO_BITS[group] as TwoBits;
        const third = at + (group & 1) * 16;
        const mask = 1 << (group >> 1);
        const to = start + group * 16;
        for (let i = 0; i < 16; i++) {
          const level = ((bytes[at + 32 + from + i] as number) >> shift) & 3;
          values[to + i] = step * ((bytes[third + i] as number) & mask ? level : level - 4);
        }
      }
    }
  },
};

/** The lower four bits of scale `i` and of `i + 8` share byte `i`; the upper two of four scales share one of the rest. */
function threeBitScale(bytes: Uint8Array, at: number, group: number): number {
  const lower = ((bytes[at + (group & 7)] as number) >> (group < 8 ? 0 : 4)) & 15;
  const upper = ((bytes[at + 8 + (group & 3)] as number) >> ((group >> 2) * 2)) & 3;
  return lower | (upper << 4);
}

/** 4 bits a weight above a minimum, in groups of 32: the two scales, the groups' packed in 12 bytes, the weights. */
export const Q4_K: Codec = {
  decode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += BLOCK, at += 144) {
      const scale = readHalf(bytes, at);
      const minScale = readHalf(bytes, at + 2);
      for (let group = 0; group < 8; group++) {
        const step = fround(scale * sixBitScale(bytes, at + 4, group));
        const min = fround(minScale * sixBitMin(bytes, at + 4, group));
        const from = at + 16 + (group >> 1) * 32;
        const shift = (group & 1) * 4;
        const to = start + group * 32;
        for (let i = 0; i < 32; i++) {
          const level = ((bytes[from + i] as number) >> shift) & 15;
          values[to + i] = fround(step * level) - min;
        }
      }
    }
  },
};

/** 5 bits a weight: as Q4_K, with the fifth bits before the weights' other four. */
export const Q5_K: Codec = {
  decode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += BLOCK, at += 176) {
      const scale = readHalf(bytes, at);
      const minScale = readHalf(bytes, at + 2);
      for (let group = 0; group < 8; group++) {
        const step = fround(scale * sixBitScale(bytes, at + 4, group));
        const min = fround(minScale * sixBitMin(bytes, at + 4, group));
        const from = at + 48 + (group >> 1) * 32;
        const shift = (group & 1) * 4;
        const to = start + group * 32;
        for (let i = 0; i < 32; i++) {
          const fifth = (((bytes[at + 16 + i] as number) >> group) & 1) << 4;
          const level = (((bytes[from + i] as number) >> shift) & 15) | fifth;
          values[to + i] = fround(step * level) - min;
        }
      }
    }
  },
};

function sixBitScale(bytes: Uint8Array, at: number, group: number): number {
  if (group < 4) return (bytes[at + group] as number) & 63;
  const upper = (bytes[at + group - 4] as number) >> 6;
  return ((bytes[at + group + 4] as number) & 15) | (upper << 4);
}

function sixBitMin(bytes: Uint8Array, at: number, group: number): number {
  if (group < 4) return (bytes[at + group + 4] as number) & 63;
  const upper = (bytes[at + group] as number) >> 6;
  return ((bytes[at + group + 4] as number) >> 4) | (upper << 4);
}

/** 6 bits a weight around zero, in groups of 16: the lower four bits, the upper two, the groups' scales, the block's. */
export const Q6_K: Codec = {
  decode(bytes, values) {
    for (let start = 0, at = 0; start < values.length; start += BLOCK, at += 210) {
      const scale = readHalf(bytes, at + 208);
      for (let group = 0; group < 16; group++) {
        const step = fround(scale * (((bytes[at + 192 + group] as number) << 24) >> 24));
        // 128 weights have their lower bits in 64 bytes, two to each, and their upper ones in 32, four to each.
        const part = group >> 3;
        const quarter = (group >> 1) & 3;
        const lower = at + part * 64 + (quarter & 1) * 32 + (group & 1) * 16;
        const upper = at + 128 + part * 32 + (group & 1) * 16;
        const to = start + group * 16;
        for (let i = 0; i < 16; i++) {
          const four = ((bytes[lower + i] as number) >> ((quarter >> 1) * 4)) & 15;
          const two = ((bytes[upper + i] as number) >> (quarter * 2)) & 3;
          values[to + i] = step * ((four | (two << 4)) - 32);
        }
      }
    }
  },
};
