// Limits, and what else has a number. Bundlers write the numbers out, as this file imports nothing.

/** Ids are written as 16 bits, so that a pair of them is one integer. The last one would make that -1, which means none. */
export const MAX_PIECES = 0xffff;

/** No piece has this id, and no symbol this number. */
export const NO_PIECE = 0xffff;

/** Llama 2's longest piece has 16 units, and names of added tokens are short. Merging goes as deep as a piece is long. */
export const MAX_UNITS = 256;

/** Names of special tokens become one pattern. Fine-tunes add a few, the largest vocabularies a thousand short ones. */
export const MAX_NAMED_UNITS: number = 1 << 16;

/** Of a `tokenizer.json`: Llama 2's has 1.8 MB, the largest of its kind some 17 MB. */
export const MAX_JSON_BYTES: number = 1 << 25;

/** Llama 2's file has some 95,000, or 250,000 where merges are pairs. Each may take 50 bytes. */
export const MAX_JSON_VALUES = 750_000;

/** Of a GGUF: real files have some 20 to 60. */
export const MAX_GGUF_ENTRIES: number = 1 << 16;

/** The specification's limit for keys of a GGUF. Tokens and names are far shorter. */
export const MAX_GGUF_TEXT_BYTES = 0xffff;

/** Arrays of arrays are allowed to this depth in a GGUF. No known file has any. */
export const MAX_GGUF_DEPTH = 4;

/** The default budget of the cache: 4 MiB. */
export const CACHE_BYTES: number = 1 << 22;

/** More would help nobody, and an array of it could not be had everywhere. */
export const MAX_CACHE_BYTES: number = 1 << 30;

/** Of numbers of tokens: what can be counted exactly. */
export const MAX_COUNT = 9007199254740991;
