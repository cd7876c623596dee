import { type FileHandle, open, stat } from "node:fs/promises";
import { NeedMoreBytes } from "./byte-reader.ts";
import { type GgufHeader, GgufProblem } from "./header.ts";
import { parseHeader } from "./parse-header.ts";

/** What people take by mistake, told by how the file begins. */
const LOOKALIKES: readonly (readonly [start: string, what: string])[] = [
  ["version https://git-lfs", "a Git LFS pointer: fetch the file itself with `git lfs pull`"],
  ["PK", "a zip, perhaps a PyTorch checkpoint: convert it to GGUF first"],
  ["<", "an HTML or XML page: the download went wrong"],
  ["{", "JSON: give the .gguf file itself"],
  ["ggjt", "of llama.cpp's old format: convert it to GGUF first"],
  ["ggla", "an adapter of llama.cpp's old format: convert it to GGUF first"],
];

/** No file of use is as short as this, and llama.cpp's own reader trips over some that are. */
const SHORTEST = 64;

/** Read at first. The header of a Llama 2 has about 0.8 MB, nearly all of it the vocabulary. */
const FIRST_BYTES = 2 ** 20;

/** Read at most. The largest vocabularies there are take some 20 MB. */
const MOST_BYTES = 2 ** 27;

/**
 * Reads the header of a GGUF file, and checks it: that the file is as long as its tensors need, too.
 *
 * @param explain - makes the error to throw of what is wrong with the file
 */
export async function readHeader(
  path: string,
  explain: (path: string, problem: GgufProblem) => Error,
): Promise<GgufHeader> {
  try {
    return await readChecked(path);
  } catch (cause) {
    throw cause instanceof GgufProblem ? explain(path, cause) : cause;
  }
}

async function readChecked(path: string): Promise<GgufHeader> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    refuseLookalike(await readBytes(file, SHORTEST));
    for (let length = FIRST_BYTES; length <= MOST_BYTES; length *= 4) {
      const bytes = await readBytes(file, Math.min(length, size));
      try {
        return parseHeader(bytes, size);
      } catch (error) {
        if (!(error instanceof NeedMoreBytes)) throw error;
      }
    }
    throw new GgufProblem("damage", `its header has more than ${MOST_BYTES} bytes`);
  } finally {
    await file.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // Looked at before it is opened: to open a pipe that nobody writes to would wait for ever.
    if ((await stat(path)).isFile()) return await open(path);
  } catch (cause) {
    throw new GgufProblem("missing", describeOpenFailure(cause), { cause });
  }
  throw new GgufProblem("missing", "it is not a file");
}

function describeOpenFailure(cause: unknown): string {
  switch ((cause as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return "there is no such file";
    case "EACCES":
    case "EPERM":
      return "this process has no permission to read it";
    default:
      return (cause as Error).message;
  }
}

async function readBytes(file: FileHandle, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function refuseLookalike(start: Buffer): void {
  if (start.subarray(0, 4).toString("latin1") === "GGUF") {
    if (start.length < SHORTEST) throw new GgufProblem("damage", "it ends within its header");
    return;
  }
  const text = start.toString("latin1").trimStart();
  const lookalike = LOOKALIKES.find(([beginning]) => text.startsWith(beginning));
  const what = lookalike?.[1] ?? (start.length === 0 ? "empty" : "something else");
  throw new GgufProblem("format", `it is not a GGUF file; it is ${what}`);
}
