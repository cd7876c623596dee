import { HALVES, halfBits } from "../quantize/half.ts";
import type { PackedLinear } from "./packed-linear.ts";
import type { RoundingError } from "./rounding-error.ts";

/** Some of a layer's outputs, which are the rows of its weight. */
export interface OutputRange {
  readonly first: number;
  readonly count: number;
}

/**
 * Writes rows of a packed layer's weight in the layer's form.
 *
 * @param linear - the layer
 * @param words - all of its `qweight`
 * @param range - which rows
 * @param bytes - where to: `count` rows
 * @param error - takes what was lost by rounding
 */
export function unpackRows(
  linear: PackedLinear,
  words: Uint32Array,
  range: OutputRange,
  bytes: Uint8Array,
  error: RoundingError,
): void {
  if (linear.form === "F16") unpackHalves(linear, words, range, bytes, error);
  else unpackBlocks(linear, words, range, bytes, error);
}

/**
 * A block of 32 weights of one output is four words of its column. Q4_0's scale is the group's, to the bit; Q4_1 needs
 * `-scale * zero` as well, in half precision, and that is all that is rounded.
 */
function unpackBlocks(
  { form, inputs, outputs, scales, zeros, groups }: PackedLinear,
  words: Uint32Array,
  { first, count }: OutputRange,
  bytes: Uint8Array,
  error: RoundingError,
): void {
  const hasMin = form === "Q4_1";
  const header = hasMin ? 4 : 2;
  const blockBytes = header + 16;
  const rowBytes = (inputs / 32) * blockBytes;
  for (let block = 0; block < inputs / 32; block++) {
    const group = (groups[block * 32] as number) * outputs + first;
    const column = block * 4 * outputs + first;
    for (let row = 0; row < count; row++) {
      const at = row * rowBytes + block * blockBytes;
      const scale = scales[group + row] as number;
      writeBits(bytes, at, scale);
      if (hasMin) {
        const exact = -(HALVES[scale] as number) * (zeros[group + row] as number);
        const min = halfBits(exact);
        writeBits(bytes, at + 2, min);
        error.add((HALVES[min] as number) - exact, 32);
      } else {
        error.add(0, 32);
      }
      const word = column + row;
      for (let half = 0; half < 2; half++) {
        const low = words[word + half * outputs] as number;
        const high = words[word + (half + 2) * outputs] as number;
        writePairs(bytes, at + header + half * 8, low, high);
      }
    }
  }
}

function writeBits(bytes: Uint8Array, at: number, half: number): void {
  bytes[at] = half;
  bytes[at + 1] = half >>> 8;
}

/** Eight bytes, each with a level of the first word and one of the second. */
function writePairs(bytes: Uint8Array, at: number, low: number, high: number): void {
  for (let i = 0; i < 8; i++) {
    bytes[at + i] = ((low >>> (4 * i)) & 15) | (((high >>> (4 * i)) & 15) << 4);
  }
}

function unpackHalves(
  { inputs, outputs, scales, zeros, groups }: PackedLinear,
  words: Uint32Array,
  { first, count }: OutputRange,
  bytes: Uint8Array,
  error: RoundingError,
): void {
  for (let input = 0; input < inputs; input++) {
    const group = (groups[input] as number) * outputs + first;
    const column = (input >> 3) * outputs + first;
    const shift = 4 * (input & 7);
    for (let row = 0; row < count; row++) {
      const level = ((words[column + row] as number) >>> shift) & 15;
      const scale = HALVES[scales[group + row] as number] as number;
      const exact = scale * (level - (zeros[group + row] as number));
      const half = halfBits(exact);
      writeBits(bytes, (row * inputs + input) * 2, half);
      error.add((HALVES[half] as number) - exact, 1);
    }
  }
}
