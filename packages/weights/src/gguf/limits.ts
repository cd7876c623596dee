// Limits of what is read of a GGUF: a few bytes of a damaged header must not ask for all memory.

/** Bytes of a header. The largest vocabularies there are take some 20 MB. */
export const MAX_HEADER_BYTES: number = 2 ** 27;

/** Entries of metadata. Real files have 20 to 60. */
export const MAX_ENTRIES: number = 2 ** 16;

/** Tensors. Llama 2's largest has 723. */
export const MAX_TENSORS: number = 2 ** 17;

/** The specification's limit for keys. */
export const MAX_KEY_BYTES: number = 0xffff;

/** llama.cpp's limit for tensors' names, from its `GGML_MAX_NAME`. */
export const MAX_NAME_BYTES = 63;

/** A text. The longest there are, chat templates, have some ten thousand bytes. */
export const MAX_TEXT_BYTES: number = 2 ** 24;

/**
 * Texts of all arrays together. The largest vocabularies have 260,000 tokens and as many merges; each text takes
 * up to 40 bytes of memory for 8 in the file.
 */
export const MAX_TEXTS: number = 2 ** 20;

/** ggml's limit, `GGML_MAX_DIMS`. */
export const MAX_DIMENSIONS = 4;

/** Where a file does not say otherwise, tensors begin at multiples of this. */
export const DEFAULT_ALIGNMENT = 32;

/** What is filled up with zeros to a multiple of it is made in memory. Real files have 32, or 4096 for pages. */
export const MAX_ALIGNMENT: number = 2 ** 16;

/** Pieces that a model is split into. llama.cpp writes their number as 16 bits. */
export const MAX_PIECES: number = 0xffff;
