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

/**
 * The pieces of a vocabulary. Their texts are in one array, because loading goes through all of them several times, and
 * strings would keep the garbage collector busy.
 */
export interface Pieces {
  /** The texts, one behind the other, as UTF-16. */
  readonly units: Uint16Array;
  /** Where each piece's text begins, by id, and where the last one ends. */
  readonly starts: Int32Array;
  /** What each is for, by id. */
  readonly kinds: ArrayLike<number>;
}

/** Puts texts into one array. */
export function packPieces(texts: readonly string[], kinds: readonly number[]): Pieces {
  const all = texts.join("");
  const units = new Uint16Array(all.length);
  for (let at = 0; at < all.length; at++) units[at] = all.charCodeAt(at);
  const starts = new Int32Array(texts.length + 1);
  for (const [id, text] of texts.entries()) {
    starts[id + 1] = (starts[id] as number) + text.length;
  }
  return { units, starts, kinds };
}

/** The text of a piece. */
export function textOf({ units, starts }: Pieces, id: number): string {
  return String.fromCharCode.apply(null, units.subarray(starts[id], starts[id + 1]) as never);
}
