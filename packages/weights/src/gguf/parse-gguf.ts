import { WeightsError } from "../error.ts";
import type { Metadata } from "../tensors/metadata.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import { tensorBytes } from "../tensors/tensor-source.ts";
import { layoutOf, typeOfGgmlNumber } from "../tensors/tensor-type.ts";
import { HeaderReader } from "./header-reader.ts";
import {
  DEFAULT_ALIGNMENT,
  MAX_ALIGNMENT,
  MAX_DIMENSIONS,
  MAX_ENTRIES,
  MAX_NAME_BYTES,
  MAX_TENSORS,
} from "./limits.ts";
import { parseMetadata, SHORTEST_ENTRY } from "./parse-metadata.ts";

/** What a header says of a tensor; `start` is where its bytes begin in the file. */
interface GgufTensor extends Pick<TensorSource, "name" | "shape" | "type" | "byteLength"> {
  readonly start: number;
}

/** A GGUF's header. */
export interface GgufHeader {
  readonly metadata: Metadata;
  readonly tensors: readonly GgufTensor[];
}

/** Bytes of the shortest entry of a tensor: a name of one byte, no dimensions. */
const SHORTEST_TENSOR = 25;

/**
 * Parses a GGUF's header, and checks it against the file's size.
 *
 * Source: ggml-org/ggml, `docs/gguf.md` and `src/gguf.cpp`.
 *
 * @param bytes - the beginning of the file
 * @throws WeightsError `BAD_GGUF` or `UNSUPPORTED`
 * @throws NeedMoreBytes where the header does not end within these bytes
 */
export function parseGguf(
  bytes: Uint8Array,
  file: { readonly path: string; readonly size: number },
): GgufHeader {
  const reader = new HeaderReader(bytes, file);
  if (reader.u32() !== 0x46554747) throw reader.damage("it does not begin with GGUF");
  checkVersion(reader, file.path);
  const tensorCount = reader.count(MAX_TENSORS, SHORTEST_TENSOR, "tensors");
  const entryCount = reader.count(MAX_ENTRIES, SHORTEST_ENTRY, "entries of metadata");
  const metadata = parseMetadata(reader, entryCount);
  const alignment = alignmentOf(metadata);
  if (alignment === undefined)
    throw reader.damage(`its general.alignment is not a power of 2 up to ${MAX_ALIGNMENT}`);
  const tensors = parseTensors(reader, tensorCount);
  const dataStart = alignUp(reader.position, alignment);
  const placed = tensors.map((tensor) => ({ ...tensor, start: dataStart + tensor.start }));
  checkPlaces(reader, placed, alignment, dataStart, file.size);
  return { metadata, tensors: placed };
}

function checkVersion(reader: HeaderReader, path: string): void {
  const version = reader.u32();
  if (version === 2 || version === 3) return;
  const isBigEndian = version === 0x02000000 || version === 0x03000000;
  const what = isBigEndian ? "big-endian" : `of version ${version}`;
  throw new WeightsError(
    "UNSUPPORTED",
    `${path} is a GGUF ${what}; versions 2 and 3, little-endian, are read.`,
    {
      path,
    },
  );
}

/** What tensors' places are multiples of; undefined where the metadata says something that cannot be. */
export function alignmentOf(metadata: Metadata): number | undefined {
  const entry = metadata.get("general.alignment");
  if (entry === undefined) return DEFAULT_ALIGNMENT;
  const isPower = entry.type === "u32" && Number.isInteger(Math.log2(entry.value));
  return isPower && entry.value <= MAX_ALIGNMENT ? entry.value : undefined;
}

/** The next multiple of an alignment. */
export function alignUp(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}

function parseTensors(reader: HeaderReader, count: number): GgufTensor[] {
  const tensors: GgufTensor[] = [];
  const names = new Set<string>();
  for (let index = 0; index < count; index++) {
    reader.where = `its list of tensors (number ${index + 1} of ${count})`;
    const name = reader.name(MAX_NAME_BYTES);
    if (names.has(name)) throw reader.damage(`it has tensor ${name} twice`);
    names.add(name);
    reader.where = `its list of tensors (${name})`;
    tensors.push(parseTensor(reader, name));
  }
  return tensors;
}

function parseTensor(reader: HeaderReader, name: string): GgufTensor {
  const dimensions = reader.u32();
  if (dimensions > MAX_DIMENSIONS)
    throw reader.damage(`tensor ${name} has ${dimensions} dimensions`);
  const shape = Array.from({ length: dimensions }, () => reader.u64()).reverse();
  const number = reader.u32();
  const type = typeOfGgmlNumber(number);
  if (type === undefined) throw reader.damage(`tensor ${name} is of the unknown type ${number}`);
  const row = shape.at(-1) ?? 1;
  const { values } = layoutOf(type);
  if (row % values !== 0) {
    throw reader.damage(`tensor ${name} has rows of ${row}, and ${type} holds ${values} at a time`);
  }
  const byteLength = tensorBytes(type, shape);
  if (!Number.isSafeInteger(byteLength)) {
    throw reader.damage(`tensor ${name} has the impossible shape ${shape.join(" x ")}`);
  }
  return { name, shape, type, byteLength, start: reader.u64() };
}

/** Tensors must stand within the file, each at a multiple of the alignment, none upon another. */
function checkPlaces(
  reader: HeaderReader,
  tensors: readonly GgufTensor[],
  alignment: number,
  dataStart: number,
  fileBytes: number,
): void {
  let end = dataStart;
  let before = "";
  for (const { name, start, byteLength } of [...tensors].sort((a, b) => a.start - b.start)) {
    if ((start - dataStart) % alignment !== 0) {
      throw reader.damage(
        `tensor ${name} stands at ${start - dataStart}, no multiple of ${alignment}`,
      );
    }
    if (start < end && byteLength > 0) throw reader.damage(`tensors ${before} and ${name} overlap`);
    if (start + byteLength > fileBytes) {
      const ends = `the file has ${fileBytes} bytes, and it ends at ${start + byteLength}`;
      throw reader.damage(`tensor ${name} is incomplete: ${ends}`);
    }
    end = Math.max(end, start + byteLength);
    before = name;
  }
}
