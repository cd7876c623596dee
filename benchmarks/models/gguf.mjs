// As much of the GGUF format as it takes to write a model, with the vocabulary of another one:
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
import { readFile } from "node:fs/promises";
import { formats } from "./tensor-data.mjs";

/** Tensors begin at multiples of so many bytes. */
export const alignment = 32;

const types = { uint32: 4, float32: 6, string: 8, array: 9 };

/** Bytes that a value of fixed size has, by its type. */
const sizes = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };

/**
 * @typedef {string | { uint32: number } | { float32: number } | { encoded: Buffer }} Value
 *   of a metadata entry; `encoded` has been read from another file, with its type
 *
 * @typedef {object} Tensor
 * @property {string} name
 * @property {number} columns
 * @property {number} rows
 * @property {import("./tensor-data.mjs").Format} format
 * @property {number} bytes
 */

/** @param {number} length @returns {number} how many bytes are missing to a multiple of the alignment */
export function paddingOf(length) {
  return (alignment - (length % alignment)) % alignment;
}

/**
 * Everything in the file before the first tensor's data.
 *
 * @param {Record<string, Value>} metadata
 * @param {Tensor[]} tensors whose data come in this order, each padded
 * @returns {Buffer}
 */
export function encodeHeader(metadata, tensors) {
  const entries = Object.entries(metadata);
  const parts = [Buffer.from("GGUF"), uint32(3), uint64(tensors.length), uint64(entries.length)];
  for (const [key, value] of entries) parts.push(string(key), encodeValue(value));
  let offset = 0;
  for (const { name, columns, rows, format, bytes } of tensors) {
    const dimensions = rows === 1 ? [columns] : [columns, rows];
    parts.push(string(name), uint32(dimensions.length), ...dimensions.map(uint64));
    parts.push(uint32(formats[format].id), uint64(offset));
    offset += bytes + paddingOf(bytes);
  }
  const header = Buffer.concat(parts);
  return Buffer.concat([header, Buffer.alloc(paddingOf(header.length))]);
}

/**
 * Reads what a file says of its vocabulary.
 *
 * @param {string} path
 * @returns {Promise<Record<string, Value>>} the metadata whose keys begin with `tokenizer.`
 */
export async function readTokenizerMetadata(path) {
  const bytes = await readFile(path);
  const found = {};
  let at = 24; // behind magic, version and the two counts
  for (let left = Number(bytes.readBigUInt64LE(16)); left > 0; left--) {
    const keyEnd = endOfString(bytes, at);
    const key = bytes.toString("utf8", at + 8, keyEnd);
    at = endOfValue(bytes, keyEnd + 4, bytes.readUInt32LE(keyEnd));
    if (key.startsWith("tokenizer.")) found[key] = { encoded: bytes.subarray(keyEnd, at) };
  }
  return found;
}

function endOfValue(bytes, start, type) {
  if (type === types.string) return endOfString(bytes, start);
  if (type !== types.array) return start + sizes[type];
  const elementType = bytes.readUInt32LE(start);
  const count = Number(bytes.readBigUInt64LE(start + 4));
  let at = start + 12;
  if (elementType in sizes) return at + count * sizes[elementType];
  for (let left = count; left > 0; left--) at = endOfValue(bytes, at, elementType);
  return at;
}

function endOfString(bytes, start) {
  return start + 8 + Number(bytes.readBigUInt64LE(start));
}

function encodeValue(value) {
  if (typeof value === "string") return Buffer.concat([uint32(types.string), string(value)]);
  if ("uint32" in value) return Buffer.concat([uint32(types.uint32), uint32(value.uint32)]);
  if ("float32" in value) return Buffer.concat([uint32(types.float32), float32(value.float32)]);
  return value.encoded;
}

function string(text) {
  const bytes = Buffer.from(text);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}

function uint64(number) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(number));
  return bytes;
}

function float32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(number);
  return bytes;
}
