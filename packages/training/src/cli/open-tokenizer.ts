import { open } from "node:fs/promises";
import { loadTokenizer, type Tokenizer, TokenizerError } from "@llama2-kit/tokenizer";
import { openGguf } from "@llama2-kit/weights";
import { TrainingError } from "../error.ts";

/** Bytes to begin with: the metadata of a Llama 2, whose vocabulary is in it, has less than one megabyte. */
const FIRST_READ = 2 ** 20;

/** The largest part of a file to look for its metadata in. */
const LAST_READ = 2 ** 28;

/**
 * Reads a model's own tokenizer from the beginning of its GGUF, however large that is.
 *
 * @throws WeightsError where it is no sound GGUF
 * @throws TrainingError `UNSUPPORTED_MODEL` where it has no tokenizer, or one of another kind
 */
export async function openTokenizer(path: string): Promise<Tokenizer> {
  // Its errors name the file.
  await (await openGguf(path)).close();
  const file = await open(path);
  try {
    for (let size = FIRST_READ; ; size *= 4) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
      try {
        return loadTokenizer(buffer.subarray(0, bytesRead));
      } catch (error) {
        if (!TokenizerError.isInstance(error)) throw error;
        const wantsMore = error.code === "TRUNCATED" && bytesRead === size && size < LAST_READ;
        if (!wantsMore) throw unsupported(path, error);
      }
    }
  } finally {
    await file.close();
  }
}

function unsupported(path: string, cause: TokenizerError): TrainingError {
  return new TrainingError(
    "UNSUPPORTED_MODEL",
    `${path} has no tokenizer of Llama 2's; is it an adapter? ${cause.message}`,
    { cause },
  );
}
