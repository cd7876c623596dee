import { Cuts } from "./cuts.ts";
import type { EncoderTables } from "./encoder.ts";
import { exceeds, TokenizerError } from "./error.ts";
import { MAX_NORMAL_UNITS, MAX_SYMBOLS, MAX_UNITS } from "./limits.ts";
import type { PairTable } from "./pairs.ts";
import { BYTE, NORMAL, type Pieces, USER_DEFINED } from "./pieces.ts";
import { Symbols } from "./symbols.ts";

/**
 * Makes the encoder's tables of a vocabulary.
 *
 * @param pieces - the vocabulary
 * @param makePairs - makes the pairs; gets the characters that are symbols without being pieces
 * @param splitsAtSpaces - whether runs of spaces are one token each
 * @param placeOf - names a piece's place in the file, for errors
 * @throws TokenizerError
 */
export function makeTables(
  pieces: Pieces,
  makePairs: (unlisted: readonly string[]) => PairTable,
  splitsAtSpaces: boolean,
  placeOf: (id: number) => string,
): EncoderTables {
  const { texts, kinds } = pieces;
  const byteIds = new Uint16Array(256);
  let symbolsEnd = 0;
  for (let id = 0; id < texts.length; id++) {
    const text = texts[id] as string;
    const kind = kinds[id];
    const limit = kind === NORMAL ? MAX_NORMAL_UNITS : MAX_UNITS;
    if (text.length > limit) exceeds(text.length, limit, "characters in a piece", placeOf(id));
    if (text === "" && (kind === NORMAL || kind === USER_DEFINED)) {
      throw new TokenizerError("MALFORMED", `piece ${id} is empty.`, { place: placeOf(id) });
    }
    if (kind === BYTE) byteIds[Number(text.slice(1, -1))] = id;
    if (kind === NORMAL || kind === BYTE) symbolsEnd = id + 1;
  }
  checkBytes(byteIds, pieces);
  const symbols = new Symbols(pieces);
  if (symbols.unlisted.length > 0) symbolsEnd = texts.length + symbols.unlisted.length;
  exceeds(symbolsEnd, MAX_SYMBOLS, "pieces that merge");
  const pairs = makePairs(symbols.unlisted);
  return { pairs, symbols, cuts: new Cuts(pieces, splitsAtSpaces), byteIds, size: texts.length };
}

function checkBytes(byteIds: Uint16Array, { texts }: Pieces): void {
  for (let byte = 0; byte < 256; byte++) {
    const name = `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
    if (texts[byteIds[byte] as number] === name) continue;
    const problem = `the piece ${name} is missing: a Llama 2 tokenizer has one for every byte.`;
    throw new TokenizerError("UNSUPPORTED", problem);
  }
}
