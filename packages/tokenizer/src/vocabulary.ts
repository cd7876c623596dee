import type { EncoderTables } from "./encoder.ts";
import { TokenizerError } from "./error.ts";
import { MAX_NORMAL_UNITS, MAX_OTHER_UNITS, MAX_SYMBOLS } from "./limits.ts";
import { BYTE, CONTROL, NORMAL, type PieceList, UNKNOWN, UNUSED, USER_DEFINED } from "./pieces.ts";

/** Kinds that no text is encoded to without being asked, so that it does not matter which of two is meant. */
const REPEATABLE = [CONTROL, UNKNOWN, UNUSED];

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
  /** Whether a text that begins with a token still has the space before that. */
  readonly beforeToken: boolean;
}

/** What a token does to the white space beside it. Only `tokenizer.json` says such things. */
export interface Strip {
  readonly left: boolean;
  readonly right: boolean;
}

/** A vocabulary as the readers of the file formats return it. */
export interface Vocabulary {
  /** By id, with unlisted characters behind the last id. */
  readonly pieces: PieceList;
  readonly tables: EncoderTables;
  readonly bosId: number;
  readonly eosId: number;
  readonly unkId: number;
  readonly prefix: PrefixRule;
  /** By id. Most tokens have none. */
  readonly strips: ReadonlyMap<number, Strip>;
}

/**
 * Checks what must hold of the pieces before anything is made from them.
 *
 * @param pieces - all pieces of a file
 * @param placeOf - names a piece's place in the file, for errors
 * @throws TokenizerError
 */
export function checkPieces(pieces: PieceList, placeOf: (id: number) => string): void {
  for (let id = 0; id < pieces.size; id++) {
    const kind = pieces.kinds[id] as number;
    const length = pieces.lengthOf(id);
    const limit = kind === NORMAL ? MAX_NORMAL_UNITS : MAX_OTHER_UNITS;
    if (length > limit) {
      const problem = `piece ${id} has ${length} characters, and the limit is ${limit}.`;
      throw new TokenizerError("LIMIT_EXCEEDED", problem, { place: placeOf(id) });
    }
    if (length === 0 && (kind === NORMAL || kind === USER_DEFINED)) {
      throw new TokenizerError("MALFORMED", `piece ${id} is empty.`, { place: placeOf(id) });
    }
    if (id >= MAX_SYMBOLS && (kind === NORMAL || kind === BYTE)) {
      const problem = `piece ${id} is one to merge: only ids below ${MAX_SYMBOLS} can be.`;
      throw new TokenizerError("LIMIT_EXCEEDED", problem, { place: placeOf(id) });
    }
  }
  pieces.idOf(" ");
  const { repeated } = pieces;
  if (repeated !== undefined && REPEATABLE.indexOf(pieces.kinds[repeated] as number) === -1) {
    const text = JSON.stringify(pieces.text(repeated));
    const problem = `piece ${repeated} is ${text}, as one before it: each must be there once.`;
    throw new TokenizerError("MALFORMED", problem, { place: placeOf(repeated) });
  }
}

/**
 * The bytes' pieces.
 *
 * @returns the id of each byte
 * @throws TokenizerError with code `UNSUPPORTED` if one is missing
 */
export function byteIdsOf(pieces: PieceList): Uint16Array {
  const ids = new Uint16Array(256);
  for (let byte = 0; byte < 256; byte++) {
    const name = `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
    const id = pieces.idOf(name);
    if (id === -1 || pieces.kinds[id] !== BYTE) {
      throw new TokenizerError(
        "UNSUPPORTED",
        `the piece ${name} is missing: a Llama 2 tokenizer has one for every byte, and falls back on them.`,
      );
    }
    ids[byte] = id;
  }
  return ids;
}
