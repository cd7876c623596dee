import { WeightsError } from "../error.ts";
import { fileTensor } from "../files/file-tensor.ts";
import { type OpenFile, openFile, readBytes } from "../files/open-file.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import { NeedMoreBytes } from "./header-reader.ts";
import { MAX_HEADER_BYTES } from "./limits.ts";
import { type GgufHeader, parseGguf } from "./parse-gguf.ts";
import { openPieces, splitOf } from "./split-files.ts";

/** Read at first. The header of a Llama 2 has about 0.8 MB, nearly all of it the vocabulary. */
const FIRST_BYTES = 2 ** 20;

/**
 * Opens a GGUF file of version 2 or 3. Its header is read and checked; tensors are read when asked for.
 * Of a model that is split into several files, the first is given, and the others are found beside it.
 *
 * @param path - the file; of several, the one that ends with `-00001-of-0000N.gguf`
 * @returns the model, to be closed
 * @throws WeightsError `NOT_FOUND`, `BAD_GGUF` or `UNSUPPORTED`
 * @example
 * ```ts
 * const model = await openGguf("llama-2-7b-chat.Q4_K_M.gguf");
 * console.log(metadataText(model.metadata, "general.name"), model.tensors.size);
 * await model.close();
 * ```
 */
export async function openGguf(path: string): Promise<ModelWeights> {
  const first = await openPiece(path);
  const split = splitOf(first.header.metadata);
  if (split.count > 1) return openPieces(first, split, openPiece);
  const { file, header } = first;
  return {
    format: "gguf",
    metadata: header.metadata,
    tensors: new Map(
      header.tensors.map((tensor) => [tensor.name, fileTensor(file, tensor.start, tensor)]),
    ),
    close: () => file.handle.close(),
  };
}

/** An open GGUF, whole or one of several. */
export interface GgufPiece {
  readonly file: OpenFile;
  readonly header: GgufHeader;
}

async function openPiece(path: string): Promise<GgufPiece> {
  const file = await openFile(path);
  try {
    return { file, header: await readHeader(file) };
  } catch (error) {
    await file.handle.close();
    throw error;
  }
}

async function readHeader(file: OpenFile): Promise<GgufHeader> {
  for (let length = FIRST_BYTES; length <= MAX_HEADER_BYTES; length *= 4) {
    const bytes = await readBytes(file, 0, Math.min(length, file.size));
    try {
      return parseGguf(bytes, file);
    } catch (error) {
      if (!(error instanceof NeedMoreBytes)) throw error;
    }
  }
  const { path } = file;
  const message = `${path} is a damaged GGUF file: its header has more than ${MAX_HEADER_BYTES} bytes.`;
  throw new WeightsError("BAD_GGUF", message, { path });
}
