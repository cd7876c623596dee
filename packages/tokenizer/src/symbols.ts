import { exceeds } from "./error.ts";
import { MAX_PIECES } from "./limits.ts";
import { NORMAL, type Pieces, packPieces, textOf } from "./pieces.ts";

/** What merging begins with: a symbol for each character. A symbol is a piece's id. */
export interface Symbols {
  /** By code point, one more than the symbol; 0 for a character that is none, as are surrogates. */
  readonly points: Uint16Array;
  /**
   * The pieces, and behind them characters that stand in pieces, but that are no pieces. They are symbols too, and become
   * bytes in the end. Llama 2 has none such.
   */
  readonly symbols: Pieces;
}

export function makeSymbols(pieces: Pieces): Symbols {
  const { units, starts, kinds } = pieces;
  const points = new Uint16Array(0x110000);
  for (let id = 0; id < kinds.length; id++) {
    const start = starts[id] as number;
    const end = starts[id + 1] as number;
    const point = pointAt(units, start, end);
    if (kinds[id] === NORMAL && start + unitsOf(point) === end) points[point] = id + 1;
  }
  const others: string[] = [];
  for (let at = 0; at < units.length; at++) {
    if (points[units[at] as number] !== 0) continue;
    const point = pointAt(units, at, units.length);
    at += unitsOf(point) - 1;
    if (points[point] !== 0) continue;
    points[point] = kinds.length + others.push(String.fromCodePoint(point));
    exceeds(kinds.length + others.length, MAX_PIECES, "characters and pieces");
  }
  if (others.length === 0) return { points, symbols: pieces };
  const texts = [...Array.from(kinds, (_, id) => textOf(pieces, id)), ...others];
  const symbols = packPieces(
    texts,
    texts.map((_, id) => kinds[id] ?? NORMAL),
  );
  return { points, symbols };
}

/** The character at an index: a code point, or half a surrogate pair that has no other half. */
export function pointAt(units: Uint16Array, at: number, end: number): number {
  const unit = units[at] as number;
  return (unit & 0xfc00) === 0xd800 && at + 1 < end
    ? 0x10000 + ((unit & 0x3ff) << 10) + ((units[at + 1] as number) & 0x3ff)
    : unit;
}

/** How many units a character has in UTF-16. */
export function unitsOf(point: number): number {
  return point > 0xffff ? 2 : 1;
}
