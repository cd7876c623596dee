/** SentencePiece's stand-in for a space, U+2581, drawn as `▁`. */
export const SPACE = 0x2581;

/** What a piece is for. The numbers are those of `tokenizer.model` and of GGUF. */
export const NORMAL = 1;
/** Stands for what cannot be encoded. Never made from text. */
export const UNKNOWN = 2;
/** BOS, EOS and their like: made from text only on request, and no text when decoded. */
export const CONTROL = 3;
/** A text that is one token wherever it occurs. */
export const USER_DEFINED = 4;
/** Padding of a vocabulary. Never made from text. */
export const UNUSED = 5;
/** One byte, for characters that the vocabulary lacks. */
export const BYTE = 6;

/** The pieces of a vocabulary, by id. */
export interface Pieces {
  readonly texts: readonly string[];
  readonly kinds: readonly number[];
}
