import type { MetadataValue } from "../tensors/metadata.ts";
import type { HeaderReader } from "./header-reader.ts";
import { MAX_ENTRIES, MAX_HEADER_BYTES, MAX_KEY_BYTES, MAX_TEXTS } from "./limits.ts";
import { NUMBER_ARRAYS, VALUE_TYPES, type ValueType } from "./value-types.ts";

/** Bytes of the shortest entry there can be: a key of one byte and a value of one. */
export const SHORTEST_ENTRY = 14;

/** Bytes of a text in an array at least: those of its length. */
const SHORTEST_TEXT = 8;

/** Reads the metadata of a GGUF, each value with its type. */
export function parseMetadata(reader: HeaderReader, count: number): Map<string, MetadataValue> {
  const metadata = new Map<string, MetadataValue>();
  const texts = { left: MAX_TEXTS };
  for (let index = 0; index < Math.min(count, MAX_ENTRIES); index++) {
    reader.where = `its metadata (entry ${index + 1} of ${count})`;
    const key = reader.name(MAX_KEY_BYTES);
    if (metadata.has(key)) throw reader.damage(`it has ${key} twice`);
    reader.where = `its metadata (${key})`;
    metadata.set(key, parseValue(reader, readType(reader), texts));
  }
  return metadata;
}

function readType(reader: HeaderReader): ValueType {
  const number = reader.u32();
  const type = VALUE_TYPES[number];
  if (type !== undefined) return type;
  throw reader.damage(`a value in ${reader.where} has the unknown type ${number}`);
}

function parseValue(reader: HeaderReader, type: ValueType, texts: { left: number }): MetadataValue {
  const { view } = reader;
  switch (type) {
    case "string":
      return { type, value: reader.text() };
    case "array":
      return parseArray(reader, texts);
    case "bool":
      return { type, value: readTruth(reader, view.getUint8(reader.take(1))) };
    case "u8":
      return { type, value: view.getUint8(reader.take(1)) };
    case "i8":
      return { type, value: view.getInt8(reader.take(1)) };
    case "u16":
      return { type, value: view.getUint16(reader.take(2), true) };
    case "i16":
      return { type, value: view.getInt16(reader.take(2), true) };
    case "u32":
      return { type, value: view.getUint32(reader.take(4), true) };
    case "i32":
      return { type, value: view.getInt32(reader.take(4), true) };
    case "f32":
      return { type, value: view.getFloat32(reader.take(4), true) };
    case "u64":
      return { type, value: view.getBigUint64(reader.take(8), true) };
    case "i64":
      return { type, value: view.getBigInt64(reader.take(8), true) };
    case "f64":
      return { type, value: view.getFloat64(reader.take(8), true) };
  }
}

function parseArray(reader: HeaderReader, texts: { left: number }): MetadataValue {
  const elements = readType(reader);
  // llama.cpp cannot read arrays of arrays either.
  if (elements === "array") throw reader.damage(`${reader.where} has an array of arrays`);
  if (elements === "string") {
    const length = reader.count(texts.left, SHORTEST_TEXT, "texts in an array");
    texts.left -= length;
    const value: string[] = [];
    for (let index = 0; index < length; index++) value.push(reader.text());
    return { type: "array", elements, value };
  }
  const Numbers = NUMBER_ARRAYS[elements];
  const length = reader.count(MAX_HEADER_BYTES, Numbers.BYTES_PER_ELEMENT, "items in an array");
  const value = new Numbers(reader.copy(length * Numbers.BYTES_PER_ELEMENT));
  if (elements === "bool") for (const item of value) readTruth(reader, Number(item));
  return { type: "array", elements, value } as MetadataValue;
}

function readTruth(reader: HeaderReader, byte: number): boolean {
  if (byte > 1) throw reader.damage(`a truth value in ${reader.where} is ${byte}`);
  return byte === 1;
}
