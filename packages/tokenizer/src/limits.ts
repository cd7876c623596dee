/** Ids are written as 16 bits, so that a pair of them is one integer. The last one would make that -1, which means none. */
export const MAX_PIECES = 0xffff;

/** Llama 2's longest piece has 16 units, and names of added tokens are short. Pieces are looked up by each of their ends. */
export const MAX_UNITS = 256;

/** Names of special tokens become one pattern. Fine-tunes add a few, the largest vocabularies a thousand short ones. */
export const MAX_NAMED_UNITS: number = 1 << 16;
