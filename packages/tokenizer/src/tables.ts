import { makeCuts } from "./cuts.ts";
import type { EncoderTables } from "./encoder.ts";
import { exceeds, fail } from "./error.ts";
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
 * @throws TokenizerError
 */
export function makeTables(
  pieces: Pieces,
  makeMerges: (symbols: Pieces) => Merges,
  splitsAtSpaces = false,
): EncoderTables {
  const { kinds, starts } = pieces;
  const byteIds = new Uint16Array(256).fill(NONE);
  for (let id = 0; id < kinds.length; id++) {
    const kind = kinds[id];
    const length = (starts[id + 1] as number) - (starts[id] as number);
    if (length > MAX_UNITS) exceeds(length, MAX_UNITS, "characters", `piece ${id}`);
    if (length === 0 && (kind === NORMAL || kind === USER_DEFINED)) {
      fail("MALFORMED", "it is empty.", `piece ${id}`);
    }
    if (kind === BYTE) byteIds[Number(textOf(pieces, id).slice(1, -1))] = id;
  }
  const missing = byteIds.indexOf(NONE);
  if (missing !== -1) {
    const problem = `the piece ${byteName(missing)} is missing: Llama 2 has one for every byte.`;
    fail("UNSUPPORTED", problem);
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
