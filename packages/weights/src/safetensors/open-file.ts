import { fileTensor } from "../files/file-tensor.ts";
import { type OpenFile, openFile, readBytes } from "../files/open-file.ts";
import type { Metadata } from "../tensors/metadata.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import { MAX_HEADER_BYTES } from "./limits.ts";
import { damaged, parseHeader } from "./parse-header.ts";

/** Bytes of a header's length, which stands before it. */
const LENGTH_BYTES = 8;

/** Opens one safetensors file. */
export async function openSafetensorsFile(path: string): Promise<ModelWeights> {
  const file = await openFile(path);
  try {
    return await readModel(file);
  } catch (error) {
    await file.handle.close();
    throw error;
  }
}

async function readModel(file: OpenFile): Promise<ModelWeights> {
  const { path, size } = file;
  if (size < LENGTH_BYTES) throw damaged(path, "it ends within its header");
  const lengthBytes = Buffer.from(await readBytes(file, 0, LENGTH_BYTES));
  const length = Number(lengthBytes.readBigUInt64LE());
  if (length > size - LENGTH_BYTES) {
    throw damaged(path, `it has ${size} bytes, and a header of ${length} by its first ones`);
  }
  if (length > MAX_HEADER_BYTES) {
    throw damaged(path, `its header has ${length} bytes, and ${MAX_HEADER_BYTES} are read at most`);
  }
  const dataStart = LENGTH_BYTES + length;
  const header = parseHeader(await readBytes(file, LENGTH_BYTES, length), size - dataStart, path);
  return {
    format: "safetensors",
    metadata: toMetadata(header.metadata),
    tensors: new Map(
      header.tensors.map((tensor) => [
        tensor.name,
        fileTensor(file, dataStart + tensor.start, tensor),
      ]),
    ),
    close: () => file.handle.close(),
  };
}

function toMetadata(texts: ReadonlyMap<string, string>): Metadata {
  return new Map([...texts].map(([key, value]) => [key, { type: "string", value }]));
}
