import { ByteReader } from "./byte-reader.ts";
import {
  type GgufHeader,
  GgufProblem,
  type GgufTensor,
  type GgufValue,
  type ValueType,
} from "./header.ts";
import { tensorType } from "./tensor-types.ts";

/** Versions that llama.cpp reads. */
const VERSIONS = [2, 3];

/** Tensors of a file at most. A Llama 2 70B has 723; the largest mixtures of experts have a few thousand. */
const MOST_TENSORS = 65_536;

/** Metadata entries of a file at most. Models have some dozens. */
const MOST_ENTRIES = 65_536;

/** Bytes of a key at most, from GGUF's specification. */
const LONGEST_KEY = 65_535;

/** Bytes of a tensor's name at most: ggml holds 64 with the zero behind it. */
const LONGEST_NAME = 63;

/** Dimensions of a tensor at most, from ggml. */
const MOST_DIMENSIONS = 4;

/** Where the weights begin, and each of them, when the file does not say. */
const DEFAULT_ALIGNMENT = 32;

const VALUE_TYPES: readonly ValueType[] = [
  ...(["u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "string", "array"] as const),
  ...(["u64", "i64", "f64"] as const),
];

/** Bytes of an element of a fixed size. */
const VALUE_BYTES: Partial<Record<ValueType, number>> = {
  ...{ u8: 1, i8: 1, bool: 1, u16: 2, i16: 2, u32: 4, i32: 4, f32: 4, u64: 8, i64: 8, f64: 8 },
};

/**
 * Reads a header as strictly as llama.cpp does, and within limits: no count or length in it makes this take more
 * memory or time than the bytes that are there.
 *
 * @param start - the beginning of the file
 * @param fileBytes - the size of the file
 * @throws GgufProblem
 * @throws NeedMoreBytes where the header goes on behind `start`
 */
export function parseHeader(start: Uint8Array, fileBytes: number): GgufHeader {
  const reader = new ByteReader(start, fileBytes);
  const version = readVersion(reader);
  const tensorCount = readCount(reader, "tensors", MOST_TENSORS);
  const entryCount = readCount(reader, "metadata entries", MOST_ENTRIES);
  const metadata = readMetadata(reader, entryCount);
  const infos = readTensorInfos(reader, tensorCount);
  const tensors = placeTensors(infos, reader.position, readAlignment(metadata), fileBytes);
  return { version, metadata, tensors, fileBytes };
}

function readVersion(reader: ByteReader): number {
  reader.where = "its header";
  reader.skip(4); // the magic, which the caller has looked at
  const version = reader.u32();
  if (VERSIONS.includes(version)) return version;
  if (version % 65_536 === 0 && version > 0) {
    throw new GgufProblem(
      "format",
      "it is GGUF for big-endian machines, which this one is not; convert it again",
    );
  }
  throw new GgufProblem(
    "format",
    `it is GGUF of version ${version}; versions ${VERSIONS.join(" and ")} can be read`,
  );
}

function readCount(reader: ByteReader, what: string, most: number): number {
  reader.where = "its header";
  const count = reader.u64();
  if (count > most) {
    throw new GgufProblem(
      "damage",
      `its header claims ${count} ${what}, and at most ${most} can be`,
    );
  }
  return count;
}

function readMetadata(reader: ByteReader, count: number): Map<string, GgufValue> {
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < count; index++) {
    reader.where = `its key-value pairs (number ${index + 1} of ${count})`;
    const key = reader.name(LONGEST_KEY);
    if (metadata.has(key)) throw new GgufProblem("damage", `its metadata has ${key} twice`);
    reader.where = `its key-value pairs (${key})`;
    metadata.set(key, readValue(reader, key));
  }
  return metadata;
}

function readValue(reader: ByteReader, key: string): GgufValue {
  const type = readValueType(reader, key);
  switch (type) {
    case "array":
      return readArray(reader, key);
    case "string":
      return { type, value: reader.string() };
    case "bool":
      return { type, value: reader.number("u8") !== 0 };
    default:
      return { type, value: reader.number(type) };
  }
}

function readArray(reader: ByteReader, key: string): GgufValue {
  const elementType = readValueType(reader, key);
  // llama.cpp cannot read arrays of arrays either.
  if (elementType === "array") throw new GgufProblem("damage", `${key} is an array of arrays`);
  const length = reader.u64();
  const bytes = VALUE_BYTES[elementType];
  if (bytes === undefined) for (let index = 0; index < length; index++) reader.skip(reader.u64());
  else reader.skip(length * bytes);
  return { type: "array", elementType, length };
}

function readValueType(reader: ByteReader, key: string): ValueType {
  const id = reader.u32();
  const type = VALUE_TYPES[id];
  if (type === undefined)
    throw new GgufProblem("damage", `${key} has a type that is not known, ${id}`);
  return type;
}

function readAlignment(metadata: ReadonlyMap<string, GgufValue>): number {
  const entry = metadata.get("general.alignment");
  if (entry === undefined) return DEFAULT_ALIGNMENT;
  const alignment = entry.type === "u32" ? entry.value : 0;
  if (alignment > 0 && Number.isInteger(Math.log2(alignment))) return alignment;
  throw new GgufProblem("damage", "its general.alignment is not a power of 2");
}

/** A tensor's entry as it stands in the file: the offset is from where the weights begin. */
type TensorInfo = Omit<GgufTensor, "start"> & { readonly offset: number };

function readTensorInfos(reader: ByteReader, count: number): Map<string, TensorInfo> {
  const infos = new Map<string, TensorInfo>();
  for (let index = 0; index < count; index++) {
    reader.where = `its tensor info (number ${index + 1} of ${count})`;
    const name = reader.name(LONGEST_NAME);
    if (infos.has(name)) throw new GgufProblem("damage", `it has tensor ${name} twice`);
    reader.where = `its tensor info (${name})`;
    infos.set(name, readTensorInfo(reader, name));
  }
  return infos;
}

function readTensorInfo(reader: ByteReader, name: string): TensorInfo {
  const dimensionCount = reader.u32();
  if (dimensionCount > MOST_DIMENSIONS) {
    throw new GgufProblem("damage", `tensor ${name} has ${dimensionCount} dimensions`);
  }
  const dimensions = Array.from({ length: dimensionCount }, () => reader.u64());
  const typeId = reader.u32();
  const type = tensorType(typeId);
  if (!type)
    throw new GgufProblem("damage", `tensor ${name} is of a type that is not known, ${typeId}`);
  const [row = 1] = dimensions;
  if (row % type.values !== 0) {
    throw new GgufProblem(
      "damage",
      `tensor ${name} has rows of ${row}, which ${type.name} cannot hold (${type.values} at a time)`,
    );
  }
  const values = dimensions.reduce((product, dimension) => product * dimension, 1);
  return {
    name,
    dimensions,
    type,
    bytes: (values / type.values) * type.bytes,
    offset: reader.u64(),
  };
}

/** Tensors stand one behind the other, each at a multiple of the alignment: llama.cpp takes no other file. */
function placeTensors(
  infos: ReadonlyMap<string, TensorInfo>,
  headerBytes: number,
  alignment: number,
  fileBytes: number,
): Map<string, GgufTensor> {
  const dataStart = alignUp(headerBytes, alignment);
  const tensors = new Map<string, GgufTensor>();
  let next = 0;
  for (const { offset, ...tensor } of infos.values()) {
    if (offset !== next) {
      throw new GgufProblem(
        "damage",
        `tensor ${tensor.name} stands at ${offset}, where ${next} is its place: it overlaps another or leaves a gap`,
      );
    }
    const start = dataStart + offset;
    const missing = start + tensor.bytes - fileBytes;
    if (missing > 0) {
      const file = `the file has ${fileBytes} bytes, and it ends at ${start + tensor.bytes}`;
      throw new GgufProblem("damage", `tensor ${tensor.name} is incomplete: ${file}`);
    }
    tensors.set(tensor.name, { ...tensor, start });
    next = alignUp(offset + tensor.bytes, alignment);
  }
  return tensors;
}

function alignUp(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}
