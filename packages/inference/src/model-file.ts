import { open, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { type DownloadOptions, download } from "./download.ts";
import { InferenceError } from "./error.ts";

const URI = /^(hf|huggingface|https?):/;

/**
 * Returns the path of a model's GGUF file, having downloaded it where it is a URI that is not in the cache.
 *
 * @throws InferenceError `MODEL_NOT_FOUND`, `NOT_GGUF`, `DOWNLOAD_FAILED`
 */
export async function findModelFile(model: string, options: DownloadOptions): Promise<string> {
  const path = URI.test(model) ? await download(model, options) : resolve(model);
  await checkIsGguf(path);
  return path;
}

/** What people load by mistake, told by how the file begins. */
const LOOKALIKES: readonly (readonly [start: string, what: string])[] = [
  ["version https://git-lfs", "a Git LFS pointer: fetch the file itself with `git lfs pull`"],
  ["PK", "a zip, perhaps a PyTorch checkpoint: convert it to GGUF first"],
  ["<", "an HTML or XML page: the download went wrong"],
  ["{", "JSON: give the .gguf file itself"],
  ["ggjt", "of llama.cpp's old format: convert it to GGUF first"],
];

/** node-llama-cpp reads other versions as if they were 3, and says so on the console. */
const GGUF_VERSIONS = [2, 3];

/** How much of a file is looked at before llama.cpp gets it. */
const START_BYTES = 64;

async function checkIsGguf(path: string): Promise<void> {
  const start = await readStart(path);
  if (start.subarray(0, 4).toString("latin1") !== "GGUF") {
    const text = start.toString("latin1").trimStart();
    const lookalike = LOOKALIKES.find(([beginning]) => text.startsWith(beginning));
    const what = lookalike?.[1] ?? (start.length === 0 ? "empty" : "something else");
    throw new InferenceError("NOT_GGUF", `${path} is not a GGUF file; it is ${what}.`);
  }
  // No model is as short as this, and llama.cpp's own reader trips over some that are.
  if (start.length < START_BYTES) throw truncated(path, "it ends within its header");
  const version = start.readUInt32LE(4);
  if (!GGUF_VERSIONS.includes(version)) {
    throw new InferenceError(
      "NOT_GGUF",
      `${path} is GGUF of version ${version}; versions ${GGUF_VERSIONS.join(" and ")} can be read.`,
    );
  }
}

async function readStart(path: string): Promise<Buffer> {
  try {
    if (!(await stat(path)).isFile()) throw new Error("it is not a file");
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const reason = missing ? "there is no such file" : (cause as Error).message;
    throw new InferenceError("MODEL_NOT_FOUND", `Cannot read the model ${path}: ${reason}.`, {
      cause,
    });
  }
}

/** The error for a file that ends too early or is damaged. */
export function truncated(path: string, reason: string, cause?: unknown): InferenceError {
  return new InferenceError(
    "MODEL_TRUNCATED",
    `${path} is cut short or damaged: ${reason}. Download or convert it again.`,
    { cause },
  );
}

/** A model's name where none is given: its file's, without ending and part number. */
export function nameOfFile(path: string): string {
  return basename(path).replace(/(-\d{5}-of-\d{5})?\.gguf$/i, "");
}
