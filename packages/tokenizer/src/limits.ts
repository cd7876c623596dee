/** Llama 2 has 32,000 pieces, the largest vocabulary of its kind 256,000. Each takes some 100 bytes. */
export const MAX_PIECES: number = 1 << 18;

/** Names of added tokens are short. They are looked for at every place of a text. */
export const MAX_UNITS = 1024;

/** Llama 2's longest piece has 16 units. Those that merge are looked up by each of their ends. */
export const MAX_NORMAL_UNITS = 256;

/** Llama 2's pieces have 190,000 units in all. Each takes some 20 bytes while a vocabulary is loaded. */
export const MAX_TOTAL_UNITS: number = 1 << 21;

/** Llama 2 has 61,249. A file can make far more from a few pieces, and each takes 32 bytes. */
export const MAX_PAIRS: number = 1 << 20;

/** A symbol is written as 16 bits, so that a pair of them is one integer. The last one would make that -1, which means none. */
export const MAX_SYMBOLS = 0xffff;

/** Names of special tokens become one pattern. Fine-tunes add a few, the largest vocabularies a thousand short ones. */
export const MAX_NAMED_UNITS: number = 1 << 16;
