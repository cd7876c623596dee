/** Llama 2 has 32,000 pieces, the largest vocabulary of its kind 256,000. Each takes some 50 bytes. */
export const MAX_PIECES: number = 1 << 18;

/** Llama 2's longest has 16 units. A piece is looked up by each of its beginnings and ends. */
export const MAX_NORMAL_UNITS = 256;

/** Names of added tokens are short. They are looked for at every place of a text. */
export const MAX_OTHER_UNITS = 1024;

/** Llama 2 has 61,249. A file can make far more from a few pieces, and each takes 32 bytes here. */
export const MAX_PAIRS: number = 1 << 20;

/** A symbol is written as 16 bits, so that a pair of them is one integer. The last one would make that -1, which means none. */
export const MAX_SYMBOLS = 0xffff;
