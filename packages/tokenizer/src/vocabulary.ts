import type { EncoderTables } from "./encoder.ts";
import type { Pieces } from "./pieces.ts";

/** Where a space goes that the text does not have, as a sum. Before the text: */
export const FIRST = 1;
/** Before the text after a control token. */
export const AFTER_CONTROL = 2;
/** Before the text after a user-defined token. */
export const AFTER_USER_DEFINED = 4;
/** Also before a user-defined token that a text begins with. */
export const BEFORE_TOKEN = 8;
/** Only where the text does not begin with a space. */
export const UNLESS_SPACE = 16;

/** SentencePiece's: a text is normalised as one, with the user-defined tokens in it; control tokens part texts. */
export const PREFIX_WHOLE_TEXTS: number = FIRST + AFTER_CONTROL + BEFORE_TOKEN;

/** That of readers which take all tokens out of a text first, and then encode what is between them. */
export const PREFIX_BETWEEN_TOKENS: number = FIRST + AFTER_CONTROL + AFTER_USER_DEFINED;

/** What a token does to the white space beside it. Only `tokenizer.json` says such things. */
export interface Strip {
  /** Whether it takes in the white space before it. */
  readonly lstrip?: unknown;
  /** Whether it takes in the white space behind it. */
  readonly rstrip?: unknown;
}

/** A vocabulary as the readers of the file formats return it. */
export interface Vocabulary extends Pieces {
  readonly tables: EncoderTables;
  readonly bosId: number;
  readonly eosId: number;
  readonly unkId: number;
  /** Where spaces go that the text does not have: a sum of the numbers above. */
  readonly prefix: number;
  /** By id. Most tokens have none. */
  readonly strips?: ReadonlyMap<number, Strip>;
}
