import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { WeightsError } from "../error.ts";
import { notFound } from "../files/open-file.ts";

/** What a path leads to. */
export type ModelFormat = "gguf" | "safetensors" | "llama2c" | "folder";

/** What people give by mistake, told by how the file begins. */
const LOOKALIKES: readonly (readonly [start: string, what: string])[] = [
  ["version https://git-lfs", "is a Git LFS pointer. Fetch the file itself with `git lfs pull`"],
  [
    "PK",
    "is a PyTorch checkpoint, which can hold programs and is not read here. Convert it to safetensors first: for Meta's consolidated .pth see the README, for a pytorch_model.bin load the folder in transformers and save it",
  ],
  [
    "\x80\x02",
    "is a pickle, as of an old PyTorch checkpoint, which can hold programs and is not read here. Convert it to safetensors first",
  ],
  ["<", "is an HTML or XML page: the download went wrong"],
];

/**
 * Tells what a path leads to, by how the file begins, or what is in the folder.
 *
 * @throws WeightsError `NOT_FOUND` or `UNKNOWN_FORMAT`
 */
export async function detectFormat(path: string): Promise<ModelFormat> {
  const facts = await stat(path).catch((cause) => {
    throw notFound(path, cause);
  });
  if (facts.isDirectory()) {
    await checkFolder(path);
    return "folder";
  }
  if (!facts.isFile()) throw new WeightsError("NOT_FOUND", `${path} is not a file.`, { path });
  if (path.endsWith(".safetensors.index.json")) return "safetensors";
  const file = await open(path).catch((cause) => {
    throw notFound(path, cause);
  });
  try {
    return detect(await readStart(file), path);
  } finally {
    await file.close();
  }
}

async function checkFolder(path: string): Promise<void> {
  const names = await readdir(path);
  if (!names.some((name) => /^consolidated\.\d+\.pth$/.test(name))) return;
  throw new WeightsError(
    "UNKNOWN_FORMAT",
    `${path} has Meta's own checkpoint (consolidated.….pth), which is not read here: it is a pickle, and can hold programs. Convert it with transformers' convert_llama_weights_to_hf.py first; the README tells how.`,
    { path },
  );
}

async function readStart(file: FileHandle): Promise<Buffer> {
  const bytes = Buffer.alloc(64);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  return bytes.subarray(0, bytesRead);
}

function detect(start: Buffer, path: string): ModelFormat {
  const text = start.toString("latin1");
  if (text.startsWith("GGUF")) return "gguf";
  if (text.slice(8).trimStart().startsWith("{")) return "safetensors";
  const lookalike = LOOKALIKES.find(([beginning]) => text.startsWith(beginning));
  if (lookalike !== undefined)
    throw new WeightsError("UNKNOWN_FORMAT", `${path} ${lookalike[1]}.`, { path });
  if (path.endsWith(".bin")) return "llama2c";
  const known = "a GGUF, safetensors, a folder of Hugging Face's or a llama2.c checkpoint (.bin)";
  throw new WeightsError("UNKNOWN_FORMAT", `${path} is none of these: ${known}.`, { path });
}
