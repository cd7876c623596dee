// Numbers in a `tokenizer.model`. Source: google/sentencepiece, `src/sentencepiece_model.proto`.

/** Wire types: a number, two of fixed size, and bytes with their length in front. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/** Numbers of fields, by message. */
export const MODEL_PIECES = 1;
export const MODEL_TRAINER = 2;
export const MODEL_NORMALIZER = 3;
export const PIECE_TEXT = 1;
export const PIECE_SCORE = 2;
export const PIECE_KIND = 3;
export const TRAINER_TYPE = 3;
export const TRAINER_SUFFIX_SPACES = 24;
export const TRAINER_UNK = 45;
export const TRAINER_BOS = 46;
export const TRAINER_EOS = 47;
export const NORMALIZER_CHARACTERS = 2;
export const NORMALIZER_PREFIX = 3;
export const NORMALIZER_REMOVES_SPACES = 4;
export const NORMALIZER_ESCAPES_SPACES = 5;

/** Kinds of models. */
export const UNIGRAM = 1;
export const BPE = 2;
