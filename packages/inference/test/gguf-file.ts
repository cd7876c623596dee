import { truncate, writeFile } from "node:fs/promises";

/** Writes GGUF files for tests, broken ones too: nothing in here checks anything. */

/** Numbers of the metadata types. */
const TYPES = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  string: 8,
  array: 9,
  u64: 10,
  i64: 11,
  f64: 12,
} as const;

type ValueType = keyof typeof TYPES;

export type MetadataValue =
  | readonly [type: Exclude<ValueType, "string" | "array">, value: number]
  | readonly [type: "string", value: string]
  | readonly [type: "array", elementType: ValueType, elements: readonly (number | string)[]]
  /** An array as it stands in another file. */
  | readonly [type: "raw", bytes: Uint8Array];

export interface TestTensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  /** 0 is F32. */
  readonly type?: number;
  /** For {@link writeSparse} its size is enough. */
  readonly data: Uint8Array | Float32Array | { readonly byteLength: number };
  /** Bytes it claims to begin at, where that is not its place. */
  readonly offset?: number;
}

export interface TestFile {
  readonly version?: number;
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  readonly tensors: readonly TestTensor[];
  readonly tensorCount?: bigint;
  readonly entryCount?: bigint;
  /** Entries that stand there twice. */
  readonly repeat?: readonly string[];
}

const ALIGNMENT = 32;

/** The bytes of a GGUF file. */
export function ggufBytes(file: TestFile): Buffer {
  const header = headerBytes(file);
  const data = file.tensors.flatMap(({ data }) => [bytesOf(data), padding(data.byteLength)]);
  return Buffer.concat([header, padding(header.length), ...data]);
}

/** Writes a file whose weights are a hole in it: of any size, it takes no room on the disk. */
export async function writeSparse(path: string, file: TestFile): Promise<void> {
  const header = headerBytes(file);
  const data = file.tensors.map(({ data: { byteLength } }) => aligned(byteLength));
  await writeFile(path, header);
  await truncate(
    path,
    data.reduce((sum, size) => sum + size, aligned(header.length)),
  );
}

function headerBytes(file: TestFile): Buffer {
  const entries = Object.entries(file.metadata);
  for (const key of file.repeat ?? []) entries.push([key, file.metadata[key] as MetadataValue]);
  const parts: Buffer[] = [
    Buffer.from("GGUF"),
    u32(file.version ?? 3),
    u64(file.tensorCount ?? BigInt(file.tensors.length)),
    u64(file.entryCount ?? BigInt(entries.length)),
    ...entries.flatMap(([key, value]) => [string(key), entryBytes(value)]),
  ];
  let offset = 0;
  for (const tensor of file.tensors) {
    parts.push(
      string(tensor.name),
      u32(tensor.dimensions.length),
      ...tensor.dimensions.map((dimension) => u64(BigInt(dimension))),
      u32(tensor.type ?? 0),
      u64(BigInt(tensor.offset ?? offset)),
    );
    offset += aligned(tensor.data.byteLength);
  }
  return Buffer.concat(parts);
}

function aligned(length: number): number {
  return Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}

function bytesOf(data: TestTensor["data"]): Uint8Array {
  if (!ArrayBuffer.isView(data)) return new Uint8Array(data.byteLength);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function padding(length: number): Buffer {
  return Buffer.alloc(aligned(length) - length);
}

function entryBytes(value: MetadataValue): Buffer {
  if (value[0] === "raw") return Buffer.from(value[1]);
  if (value[0] === "array") {
    const [, elementType, elements] = value;
    return Buffer.concat([
      u32(TYPES.array),
      u32(TYPES[elementType]),
      u64(BigInt(elements.length)),
      ...elements.map((element) => scalar(elementType, element)),
    ]);
  }
  return Buffer.concat([u32(TYPES[value[0]]), scalar(value[0], value[1])]);
}

function scalar(type: ValueType, value: number | string): Buffer {
  if (type === "string") return string(String(value));
  const bytes = Buffer.alloc({ u8: 1, i8: 1, bool: 1, u16: 2, i16: 2 }[type as "u8"] ?? 4);
  const number = Number(value);
  switch (type) {
    case "u64":
    case "i64":
      return u64(BigInt(number));
    case "f64": {
      const eight = Buffer.alloc(8);
      eight.writeDoubleLE(number);
      return eight;
    }
    case "f32":
      bytes.writeFloatLE(number);
      return bytes;
    default:
      if (number < 0) bytes.writeIntLE(number, 0, bytes.length);
      else bytes.writeUIntLE(number, 0, bytes.length);
      return bytes;
  }
}

export function string(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([u64(BigInt(bytes.length)), bytes]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}
