import { Cuts } from "./cuts.ts";
import type { EncoderTables } from "./encoder.ts";
import { TokenizerError } from "./error.ts";
import { MAX_SYMBOLS } from "./limits.ts";
import type { PairTable } from "./pairs.ts";
import type { PieceList } from "./pieces.ts";
import { Symbols } from "./symbols.ts";
import { byteIdsOf } from "./vocabulary.ts";

/**
 * Makes the encoder's tables of a vocabulary.
 *
 * @param pieces - the vocabulary, checked; gets its unlisted characters added
 * @param makePairs - makes the pairs, once those characters are there
 * @param splitsAtSpaces - whether runs of spaces are one token each
 * @throws TokenizerError
 */
export function makeTables(
  pieces: PieceList,
  makePairs: (pieces: PieceList) => PairTable,
  splitsAtSpaces = false,
): EncoderTables {
  const size = pieces.size;
  const byteIds = byteIdsOf(pieces);
  const symbols = new Symbols(pieces);
  if (symbols.unlisted.length > 0 && pieces.size > MAX_SYMBOLS) {
    throw new TokenizerError(
      "LIMIT_EXCEEDED",
      `${symbols.unlisted.length} characters of the pieces have no piece of their own: there is no room for them.`,
    );
  }
  const pairs = makePairs(pieces);
  return { pairs, symbols, cuts: new Cuts(pieces, splitsAtSpaces), byteIds, size };
}
