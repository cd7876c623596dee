import { NORMAL, type Pieces } from "./pieces.ts";

/** What merging begins with: a symbol for each character. A symbol is a piece's id. */
export class Symbols {
  /** By UTF-16 unit; -1 for a character that no piece has. */
  readonly units: Int32Array = new Int32Array(65536).fill(-1);
  /** By code point, for the characters of two units. */
  readonly points: Map<number, number> = new Map();
  /**
   * Characters that pieces begin or end with, but that are no pieces. They are symbols too, numbered behind the ids, and
   * become bytes in the end. Llama 2 has none such.
   */
  readonly unlisted: string[] = [];

  constructor({ texts, kinds }: Pieces) {
    for (let id = 0; id < texts.length; id++) {
      const text = texts[id] as string;
      if (kinds[id] !== NORMAL || text.length > 2) continue;
      const point = text.codePointAt(0) as number;
      if (text.length === 1 || point > 0xffff) this.#set(point, id);
    }
    for (let id = 0; id < texts.length; id++) {
      if (kinds[id] === NORMAL) this.#listEnds(texts[id] as string, texts.length);
    }
  }

  /** The symbol of a character, or -1. Also -1 for the point -1. */
  of(point: number): number {
    return point > 0xffff ? (this.points.get(point) ?? -1) : (this.units[point] ?? -1);
  }

  #listEnds(text: string, size: number): void {
    const last = text.length - 1;
    if (this.units[text.charCodeAt(0)] === -1) this.#list(text.codePointAt(0) as number, size);
    if (this.units[text.charCodeAt(last)] !== -1) return;
    const isPair = last > 0 && (text.codePointAt(last - 1) as number) > 0xffff;
    this.#list(text.codePointAt(isPair ? last - 1 : last) as number, size);
  }

  #list(point: number, size: number): void {
    if (this.of(point) !== -1) return;
    this.#set(point, size + this.unlisted.length);
    this.unlisted.push(String.fromCodePoint(point));
  }

  #set(point: number, symbol: number): void {
    if (point > 0xffff) this.points.set(point, symbol);
    else this.units[point] = symbol;
  }
}

/** The code point of the surrogate pair at an index, or -1 if there is none. */
export function pairAt(units: Uint16Array, at: number, end: number): number {
  const high = units[at] as number;
  return at + 1 < end && (high & 0xfc00) === 0xd800
    ? 0x10000 + ((high & 0x3ff) << 10) + ((units[at + 1] as number) & 0x3ff)
    : -1;
}
