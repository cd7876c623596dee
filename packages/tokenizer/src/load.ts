import { BpeTokenizer } from "./bpe-tokenizer.ts";
import { describe } from "./describe.ts";
import { TokenizerError } from "./error.ts";
import { type LoadOptions, resolveCacheBytes } from "./options.ts";
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
  return new BpeTokenizer(readVocabulary(asBytes(bytes)), cacheBytes);
}

function asBytes(bytes: Uint8Array | ArrayBuffer): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  // Of another realm, such as a frame or a test's sandbox.
  const tag = Object.prototype.toString.call(bytes);
  if (tag === "[object ArrayBuffer]" || tag === "[object Uint8Array]") return new Uint8Array(bytes);
  throw new TokenizerError(
    "INVALID_ARGUMENT",
    `bytes is ${describe(bytes)}: pass the file's content as a Uint8Array or an ArrayBuffer.`,
  );
}

function readVocabulary(bytes: Uint8Array): Vocabulary {
  if (isGguf(bytes)) return readGguf(bytes);
  let at = 0;
  // A byte order mark, and white space.
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) at = 3;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at++;
  if (bytes[at] === 0x7b) return readHuggingFace(bytes);
  // A protobuf's first field, its pieces. The byte is also a newline, which a JSON may begin with.
  if (bytes[0] === 0x0a) return readSentencePiece(bytes);
  throw new TokenizerError(
    bytes.length === 0 ? "TRUNCATED" : "UNKNOWN_FORMAT",
    "this begins like no tokenizer.model, tokenizer.json or GGUF: pass the content of such a file.",
    { place: "byte 0" },
  );
}

function isGguf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x47 && bytes[1] === 0x47 && bytes[2] === 0x55 && bytes[3] === 0x46;
}
