import { makeTokenizer } from "./bpe-tokenizer.ts";
import { fail } from "./error.ts";
import { type LoadOptions, refuse, resolveCacheBytes } from "./options.ts";
import { readGguf } from "./read-gguf.ts";
import { readHuggingFace } from "./read-hugging-face.ts";
import { readSentencePiece } from "./read-sentencepiece.ts";
import type { Tokenizer } from "./tokenizer.ts";
import type { Vocabulary } from "./vocabulary.ts";

/**
 * Loads a tokenizer from a file's content: SentencePiece's `tokenizer.model`, a `tokenizer.json` of Hugging Face, or a
 * GGUF. Which of these it is shows in the content.
 *
 * Of a GGUF the beginning is enough, up to the end of its metadata: a few megabytes. If that was too little, the error's
 * code is `TRUNCATED`.
 *
 * @param bytes - the file
 * @param options - see {@link LoadOptions}
 * @returns the tokenizer
 * @throws {@link TokenizerError} if the file is damaged, or holds a tokenizer of another kind than Llama 2's
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 *
 * const tokenizer = loadTokenizer(await readFile("tokenizer.model"));
 * tokenizer.encode("Hello"); // Int32Array [15043]
 * ```
 */
export function loadTokenizer(
  bytes: Uint8Array | ArrayBuffer,
  options: LoadOptions = {},
): Tokenizer {
  const cacheBytes = resolveCacheBytes(options);
  return makeTokenizer(readVocabulary(asBytes(bytes)), cacheBytes);
}

function asBytes(bytes: Uint8Array | ArrayBuffer): Uint8Array {
  // Also of another realm, such as a frame or a test's sandbox.
  const tag = Object.prototype.toString.call(bytes);
  if (!/^\[object (ArrayBuffer|Uint8Array)]$/.test(tag)) {
    refuse("bytes", bytes, "the file's content as a Uint8Array or an ArrayBuffer");
  }
  return bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
}

function readVocabulary(bytes: Uint8Array): Vocabulary {
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  if (start.startsWith("GGUF")) return readGguf(bytes);
  // A byte order mark, and white space.
  if (/^(\xef\xbb\xbf)?\s*\{/.test(start)) return readHuggingFace(bytes);
  // A protobuf's first field, its pieces. The byte is also a newline, which a JSON may begin with.
  if (start.startsWith("\n")) return readSentencePiece(bytes);
  const code = start === "" ? "TRUNCATED" : "UNKNOWN_FORMAT";
  fail(code, "this begins like no tokenizer.model, tokenizer.json or GGUF: pass one.", "byte 0");
}
