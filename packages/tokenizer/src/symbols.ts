import { NORMAL, type PieceList, UNLISTED } from "./pieces.ts";

/** What merging begins with: a symbol for each character. A symbol is a piece's id. */
export class Symbols {
  /** By UTF-16 unit; -1 for a character that no piece has. */
  readonly units: Int32Array = new Int32Array(65536).fill(-1);
  /** By code point, for the characters of two units. */
  readonly pairs: Map<number, number> = new Map();
  /** The code points of the characters that have a symbol but no id. */
  readonly unlisted: number[] = [];

  /** @param pieces - the vocabulary; gets its unlisted characters added */
  constructor(pieces: PieceList) {
    const size = pieces.size;
    addUnlisted(pieces);
    for (let id = size; id < pieces.size; id++) {
      this.unlisted.push(pieces.text(id).codePointAt(0) as number);
    }
    const { units, starts, kinds } = pieces;
    for (let id = 0; id < pieces.size; id++) {
      if (kinds[id] !== NORMAL && kinds[id] !== UNLISTED) continue;
      const start = starts[id] as number;
      const length = (starts[id + 1] as number) - start;
      if (length === 1) this.units[units[start] as number] = id;
      if (length !== 2) continue;
      const point = pairAt(units, start, start + 2);
      if (point !== -1) this.pairs.set(point, id);
    }
  }
}

/** The code point of the surrogate pair at an index, or -1 if there is none. */
export function pairAt(units: Uint16Array, at: number, end: number): number {
  const high = units[at] as number;
  if ((high & 0xfc00) !== 0xd800 || at + 1 >= end) return -1;
  const low = units[at + 1] as number;
  return (low & 0xfc00) === 0xdc00 ? 0x10000 + ((high & 0x3ff) << 10) + (low & 0x3ff) : -1;
}

/** Gives each character that has no piece, but stands in one, a number behind the ids. Llama 2 has none such. */
function addUnlisted(pieces: PieceList): void {
  const { units, starts, kinds, size } = pieces;
  const listed = new Uint8Array(65536);
  for (let id = 0; id < size; id++) {
    if (kinds[id] === NORMAL && pieces.lengthOf(id) === 1) {
      listed[units[starts[id] as number] as number] = 1;
    }
  }
  const unlisted = new Set<string>();
  for (let id = 0; id < size; id++) {
    if (kinds[id] !== NORMAL || isMadeOf(listed, pieces, id)) continue;
    for (const character of pieces.text(id)) unlisted.add(character);
  }
  for (const character of unlisted) {
    const id = pieces.idOf(character);
    if (id === -1 || kinds[id] !== NORMAL) pieces.add(character, UNLISTED);
  }
}

function isMadeOf(units: Uint8Array, pieces: PieceList, id: number): boolean {
  for (let at = pieces.starts[id] as number; at < (pieces.starts[id + 1] as number); at++) {
    if (units[pieces.units[at] as number] === 0) return false;
  }
  return true;
}
