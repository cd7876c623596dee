import { open } from "node:fs/promises";
import { loadTokenizer, type Tokenizer, TokenizerError } from "@llama2-kit/tokenizer";
import { openGguf } from "@llama2-kit/weights";

/** Bytes to begin with: the metadata of a Llama 2, whose vocabulary is in it, has less than one megabyte. */
const FIRST_READ = 2 ** 20;

/** The largest part of a file to look for its metadata in. */
const LAST_READ = 2 ** 28;

/**
 * Reads a model's own tokenizer from the beginning of its GGUF, however large that is.
 *
 * @throws WeightsError where it is no sound GGUF
 * @throws TokenizerError where there is none, or one of another kind
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
        const wantsMore = TokenizerError.isInstance(error) && error.code === "TRUNCATED";
        if (!wantsMore || bytesRead < size || size >= LAST_READ) throw error;
      }
    }
  } finally {
    await file.close();
  }
}
