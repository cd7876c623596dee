import { WeightsError } from "../error.ts";
import type { Metadata, MetadataArray, MetadataValue } from "../tensors/metadata.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import { layoutOf } from "../tensors/tensor-type.ts";
import { HeaderWriter } from "./header-writer.ts";
import { MAX_ALIGNMENT, MAX_DIMENSIONS, MAX_NAME_BYTES } from "./limits.ts";
import { alignmentOf, alignUp } from "./parse-gguf.ts";

/** What stands before the tensors, and how they are placed behind it. */
export interface EncodedHeader {
  /** The header, filled up to where the tensors begin. */
  readonly bytes: Uint8Array;
  /** Each tensor is filled up to a multiple of this, the last one as well. */
  readonly alignment: number;
  /** Bytes of the whole file. */
  readonly fileBytes: number;
}

/**
 * Lays out a GGUF of version 3.
 *
 * @throws WeightsError `UNSUPPORTED` for a tensor that a GGUF cannot hold, `BAD_OPTION` for a bad alignment
 */
export function encodeHeader(metadata: Metadata, tensors: readonly TensorSource[]): EncodedHeader {
  const alignment = alignmentOf(metadata);
  if (alignment === undefined) {
    throw new WeightsError(
      "BAD_OPTION",
      `general.alignment must be a power of 2 up to ${MAX_ALIGNMENT}, as u32.`,
      {
        parameter: "metadata",
      },
    );
  }
  const writer = new HeaderWriter();
  writer.bytes(Buffer.from("GGUF"));
  writer.u32(3);
  writer.u64(tensors.length);
  writer.u64(metadata.size);
  for (const [key, value] of metadata) {
    writer.text(key);
    encodeValue(writer, value);
  }
  let offset = 0;
  for (const tensor of checked(tensors)) {
    encodeTensor(writer, tensor, offset);
    offset += alignUp(tensor.byteLength, alignment);
  }
  const bytes = writer.finish(alignment);
  return { bytes, alignment, fileBytes: bytes.length + offset };
}

function* checked(tensors: readonly TensorSource[]): Generator<TensorSource> {
  const names = new Set<string>();
  for (const tensor of tensors) {
    const fail = (problem: string) =>
      new WeightsError("UNSUPPORTED", `Tensor ${tensor.name} ${problem}.`);
    if (names.has(tensor.name)) throw fail("is there twice");
    if (Buffer.byteLength(tensor.name) > MAX_NAME_BYTES) {
      throw fail(`has a name of more than ${MAX_NAME_BYTES} bytes, which llama.cpp cannot read`);
    }
    if (layoutOf(tensor.type).ggml === undefined)
      throw fail(`is of type ${tensor.type}, which a GGUF cannot hold`);
    if (tensor.shape.length > MAX_DIMENSIONS) {
      throw fail(`has ${tensor.shape.length} dimensions, and a GGUF holds ${MAX_DIMENSIONS}`);
    }
    names.add(tensor.name);
    yield tensor;
  }
}

function encodeTensor(writer: HeaderWriter, tensor: TensorSource, offset: number): void {
  writer.text(tensor.name);
  writer.u32(tensor.shape.length);
  for (const size of [...tensor.shape].reverse()) writer.u64(size);
  writer.u32(layoutOf(tensor.type).ggml ?? 0);
  writer.u64(offset);
}

function encodeValue(writer: HeaderWriter, entry: MetadataValue): void {
  writer.type(entry.type);
  if (entry.type === "string") writer.text(entry.value);
  else if (entry.type === "array") encodeArray(writer, entry);
  else writer.number(entry.type, entry.value);
}

function encodeArray(writer: HeaderWriter, { elements, value }: MetadataArray): void {
  writer.type(elements);
  writer.u64(value.length);
  if (elements === "string") for (const text of value) writer.text(text);
  else writer.bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}
