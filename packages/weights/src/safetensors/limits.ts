// Limits of what is read of safetensors: a few bytes of a damaged header must not ask for all memory.

/** Bytes of a header, as Hugging Face's hub has it. Llama 2's largest files have some 60,000. */
export const MAX_HEADER_BYTES = 25_000_000;

/** Bytes of an index. Llama 2's largest has 67,000. */
export const MAX_INDEX_BYTES = 25_000_000;

/** Commas and brackets of a header or an index: each may take 30 bytes of memory. A tensor has some eight. */
export const MAX_MARKS: number = 2 ** 20;

/** Dimensions of a tensor. PyTorch's own limit. */
export const MAX_DIMENSIONS = 64;
