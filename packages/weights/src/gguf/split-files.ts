import { basename, dirname, join } from "node:path";
import { WeightsError } from "../error.ts";
import { fileTensor } from "../files/file-tensor.ts";
import { type Metadata, metadataNumber } from "../tensors/metadata.ts";
import type { ModelWeights } from "../tensors/model-weights.ts";
import type { TensorSource } from "../tensors/tensor-source.ts";
import { MAX_PIECES } from "./limits.ts";
import type { GgufPiece } from "./open-gguf.ts";

/** Which piece of a split model a file is. */
interface Split {
  /** Counted from 0. */
  readonly number: number;
  /** 0 or 1 where the model is not split. */
  readonly count: number;
}

/** What `llama-gguf-split` calls its pieces. */
const PIECE_NAME = /^(?<stem>.+)-\d{5}-of-\d{5}(?<extension>\.gguf)$/s;

/** What a file's metadata says of how its model is split. */
export function splitOf(metadata: Metadata): Split {
  return {
    number: metadataNumber(metadata, "split.no") ?? 0,
    count: metadataNumber(metadata, "split.count") ?? 0,
  };
}

/**
 * Opens the other pieces of a split model.
 *
 * Source: `llama_split_path` in ggml-org/llama.cpp, `src/llama.cpp`, and `tools/gguf-split`.
 *
 * @param first - the piece that was asked for
 * @throws WeightsError of `openPiece`, or `BAD_GGUF` where the pieces do not belong together
 */
export async function openPieces(
  first: GgufPiece,
  split: Split,
  openPiece: (path: string) => Promise<GgufPiece>,
): Promise<ModelWeights> {
  const pieces = [first];
  const close = async () => {
    await Promise.all(pieces.map((piece) => piece.file.handle.close()));
  };
  try {
    for (const path of namesOfOthers(first.file.path, split)) {
      pieces.push(await openPiece(path));
      checkPiece(pieces.at(-1) ?? first, { number: pieces.length - 1, count: split.count });
    }
    return {
      format: "gguf",
      // What is written of it is one file.
      metadata: new Map([...first.header.metadata].filter(([key]) => !key.startsWith("split."))),
      tensors: collectTensors(pieces),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function namesOfOthers(path: string, { number, count }: Split): string[] {
  const fail = (problem: string) => new WeightsError("BAD_GGUF", `${path} ${problem}.`, { path });
  const { stem, extension } = PIECE_NAME.exec(basename(path))?.groups ?? {};
  const name = (index: number) =>
    `${stem}-${fiveDigits(index + 1)}-of-${fiveDigits(count)}${extension}`;
  if (count > MAX_PIECES) throw fail(`is one of ${count} pieces by its header, which cannot be`);
  if (number !== 0) throw fail(`is piece ${number + 1} of ${count}: give the first one`);
  if (stem === undefined || basename(path) !== name(0)) {
    throw fail(
      `is the first of ${count} pieces, and must be called …-00001-of-${fiveDigits(count)}.gguf`,
    );
  }
  return Array.from({ length: count - 1 }, (_, index) => join(dirname(path), name(index + 1)));
}

function fiveDigits(number: number): string {
  return String(number).padStart(5, "0");
}

function checkPiece({ file: { path }, header }: GgufPiece, expected: Split): void {
  const { number, count } = splitOf(header.metadata);
  if (number === expected.number && count === expected.count) return;
  const wanted = `piece ${expected.number + 1} of ${expected.count}`;
  throw new WeightsError(
    "BAD_GGUF",
    `${path} is piece ${number + 1} of ${count} by its header, not ${wanted}.`,
    {
      path,
    },
  );
}

function collectTensors(pieces: readonly GgufPiece[]): Map<string, TensorSource> {
  const tensors = new Map<string, TensorSource>();
  for (const { file, header } of pieces) {
    for (const tensor of header.tensors) {
      if (tensors.has(tensor.name)) {
        const message = `${file.path} has tensor ${tensor.name}, which a piece before it has too.`;
        throw new WeightsError("BAD_GGUF", message, { path: file.path });
      }
      tensors.set(tensor.name, fileTensor(file, tensor.start, tensor));
    }
  }
  return tensors;
}
