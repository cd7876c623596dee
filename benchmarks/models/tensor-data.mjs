// Random weights as they lie in a GGUF file. Nothing is quantised: in GGML's formats, a block of weights is whole
// numbers of a few bits each and the scale that they are multiplied with, so random bytes with a chosen scale are
// random weights.
import { createCipheriv, createHash } from "node:crypto";

/**
 * @typedef {"F32" | "Q8_0" | "Q4_0" | "Q6_K"} Format
 *
 * @typedef {object} FormatFacts see ggml-common.h in llama.cpp
 * @property {number} id in GGUF
 * @property {number} values in a block
 * @property {number} bytes of a block
 * @property {number} [scaleAt] where in the block its scale is, a half-precision number
 * @property {number} [deviation] standard deviation of the weights that random bytes make with a scale of 1
 */

/** @type {Record<Format, FormatFacts>} */
export const formats = {
  F32: { id: 0, values: 1, bytes: 4 },
  Q8_0: { id: 8, values: 32, bytes: 34, scaleAt: 0, deviation: 73.9 },
  Q4_0: { id: 2, values: 32, bytes: 18, scaleAt: 0, deviation: 4.64 },
  Q6_K: { id: 14, values: 256, bytes: 210, scaleAt: 208, deviation: 18.5 * 73.9 },
};

const chunkBytes = 2 ** 22;

/** @param {Format} format @param {number} values @returns {number} bytes that so many values take */
export function sizeOf(format, values) {
  return (values / formats[format].values) * formats[format].bytes;
}

/** @param {number} count @returns {Buffer} 32-bit ones: the weights of a norm */
export function ones(count) {
  return Buffer.from(new Float32Array(count).fill(1).buffer);
}

/**
 * The data of a matrix of random weights, the same in every run, in chunks. Their standard deviation is such that what
 * comes out of the matrix is as large as what goes in, so numbers neither grow nor vanish from layer to layer.
 *
 * @param {object} matrix
 * @param {string} matrix.name which decides what the weights are
 * @param {number} matrix.columns inputs
 * @param {number} matrix.rows outputs
 * @param {Format} matrix.format
 * @param {number} matrix.emptyRows the first so many rows are zero
 * @returns {Generator<Buffer>}
 */
export function* randomTensor({ name, columns, rows, format, emptyRows }) {
  const { values, bytes, scaleAt, deviation } = formats[format];
  const scale = halfPrecision(1 / Math.sqrt(columns) / deviation);
  const emptyBlocks = (emptyRows * columns) / values;
  const blocks = (rows * columns) / values;
  const random = createRandomBytes(name);
  const blocksPerChunk = Math.floor(chunkBytes / bytes);
  for (let first = 0; first < blocks; first += blocksPerChunk) {
    const count = Math.min(blocksPerChunk, blocks - first);
    const chunk = random(count * bytes);
    for (let block = 0; block < count; block++) {
      const at = block * bytes + scaleAt;
      const isEmpty = first + block < emptyBlocks;
      // Its sign stays random. Q4_0 goes from -8 to 7: with one sign, all weights together would not be around zero.
      const sign = chunk[at + 1] & 0x80;
      chunk[at] = isEmpty ? 0 : scale & 0xff;
      chunk[at + 1] = isEmpty ? 0 : (scale >> 8) | sign;
    }
    yield chunk;
  }
}

/** A gigabyte a second, which no generator in JavaScript reaches: the key stream of a cipher. */
function createRandomBytes(seed) {
  const key = createHash("sha256").update(seed).digest().subarray(0, 16);
  const cipher = createCipheriv("aes-128-ctr", key, Buffer.alloc(16));
  return (length) => cipher.update(Buffer.alloc(length));
}

/** The bits of a positive half-precision number, rounded down: a scale need not be exact. */
function halfPrecision(number) {
  const exponent = Math.max(-14, Math.floor(Math.log2(number)));
  const mantissa = Math.floor((number / 2 ** exponent) * 1024);
  return mantissa + (exponent + 14) * 1024; // the mantissa's leading bit, where there is one, adds 1 to the exponent
}
