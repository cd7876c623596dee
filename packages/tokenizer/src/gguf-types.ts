/** Types of values in a GGUF that are read in a way of their own. */
export const FLOAT32 = 6;
export const STRING = 8;
export const ARRAY = 9;
