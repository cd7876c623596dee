import { makeCuts } from "./cuts.ts";
import type { EncoderTables } from "./encoder.ts";
import { exceeds, TokenizerError } from "./error.ts";
import { MAX_UNITS } from "./limits.ts";
import type { Merges } from "./merges.ts";
import { BYTE, NORMAL, type Pieces, textOf, USER_DEFINED } from "./pieces.ts";
import { makeSymbols, withUnlisted } from "./symbols.ts";

const NONE = 0xffff;

/**
 * Makes the encoder's tables of a vocabulary.
 *
 * @param pieces - the vocabulary
 * @param makeMerges - makes the merges; gets the pieces, and behind them the characters that are symbols too
 * @param splitsAtSpaces - whether runs of spaces are one token each
 * @param placeOf - names a piece's place in the file, for errors
 * @throws TokenizerError
 */
export function makeTables(
  pieces: Pieces,
  makeMerges: (symbols: Pieces) => Merges,
  splitsAtSpaces: boolean,
  placeOf: (id: number) => string,
): EncoderTables {
  const { kinds, starts } = pieces;
  const byteIds = new Uint16Array(256).fill(NONE);
  for (let id = 0; id < kinds.length; id++) {
    const kind = kinds[id];
    const length = (starts[id + 1] as number) - (starts[id] as number);
    if (length > MAX_UNITS) exceeds(length, MAX_UNITS, "characters in a piece", placeOf(id));
    if (length === 0 && (kind === NORMAL || kind === USER_DEFINED)) {
      throw new TokenizerError("MALFORMED", `piece ${id} is empty.`, { place: placeOf(id) });
    }
    if (kind === BYTE) byteIds[Number(textOf(pieces, id).slice(1, -1))] = id;
  }
  const missing = byteIds.indexOf(NONE);
  if (missing !== -1) {
    const problem = `the piece ${byteName(missing)} is missing: Llama 2 has one for every byte.`;
    throw new TokenizerError("UNSUPPORTED", problem);
  }
  const { points, unlisted } = makeSymbols(pieces);
  const merges = makeMerges(withUnlisted(pieces, unlisted));
  return {
    merges,
    points,
    unlisted,
    cuts: makeCuts(pieces, splitsAtSpaces),
    byteIds,
    size: kinds.length,
  };
}

/** The name of a byte's piece. */
export function byteName(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}
