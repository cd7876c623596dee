import type { EncoderTables } from "./encoder.ts";
import type { Pieces } from "./pieces.ts";

/** Where a space goes that the text does not have. */
export interface PrefixRule {
  /** Before the text. */
  readonly first: boolean;
  /** Before the text after a control token. */
  readonly afterControl: boolean;
  /** Before the text after a user-defined token. */
  readonly afterUserDefined: boolean;
  /** Only where the text does not begin with a space. */
  readonly unlessSpace: boolean;
  /** Also before a user-defined token that a text begins with. */
  readonly beforeToken: boolean;
}

/** SentencePiece's: a text is normalised as one, with the user-defined tokens in it; control tokens part texts. */
export function prefixRule(prefix: boolean): PrefixRule {
  return {
    first: prefix,
    afterControl: prefix,
    afterUserDefined: false,
    unlessSpace: false,
    beforeToken: prefix,
  };
}

/** That of readers which take all tokens out of a text first, and then encode what is between them. */
export function prefixRuleBetweenTokens(
  first: boolean,
  everywhere: boolean = first,
  unlessSpace = false,
): PrefixRule {
  return {
    first,
    afterControl: everywhere,
    afterUserDefined: everywhere,
    unlessSpace,
    beforeToken: false,
  };
}

/** What a token does to the white space beside it. Only `tokenizer.json` says such things. */
export interface Strip {
  readonly left: boolean;
  readonly right: boolean;
}

/** A vocabulary as the readers of the file formats return it. */
export interface Vocabulary extends Pieces {
  readonly tables: EncoderTables;
  readonly bosId: number;
  readonly eosId: number;
  readonly unkId: number;
  readonly prefix: PrefixRule;
  /** By id. Most tokens have none. */
  readonly strips?: ReadonlyMap<number, Strip>;
}
