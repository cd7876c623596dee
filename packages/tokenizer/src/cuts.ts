import { NORMAL, type PieceList, SPACE } from "./pieces.ts";

/**
 * Kinds of characters told apart. Llama 2 needs 265; the table is their square, so a vocabulary with more has
 * characters share a kind. That makes cuts rarer, and never wrong.
 */
const MAX_CLASSES = 1024;
const SHARED_CLASSES_FROM = 512;

/** Of a character that stands in no piece beside another one. */
export const ALONE = 0;

/**
 * Where a text can be cut before it is merged. No merge crosses two neighbours that no piece has side by side, so the
 * chunks between such places are encoded one by one. Llama 2's pieces hold 3,279 such pairs of characters, which
 * makes chunks of about a word.
 */
export class Cuts {
  /** The class of each UTF-16 unit. */
  readonly classes: Uint16Array = new Uint16Array(65536);
  /** Classes, and the length of a row of `joins`. */
  readonly classCount: number;
  /** `joins[a * classCount + b]` is 1 if some piece has a unit of class `a` before one of class `b`. */
  readonly joins: Uint8Array;

  /**
   * @param pieces - the vocabulary
   * @param splitsAtSpaces - whether to cut before every space, also before one that follows another
   */
  constructor(pieces: PieceList, splitsAtSpaces: boolean) {
    const { units, starts } = pieces;
    let count = 1;
    const classify = (unit: number): void => {
      if (this.classes[unit] !== ALONE) return;
      const next = count++;
      const shared = SHARED_CLASSES_FROM + (next % (MAX_CLASSES - SHARED_CLASSES_FROM));
      this.classes[unit] = next < MAX_CLASSES ? next : shared;
    };
    for (let id = 0; id < pieces.size; id++) {
      if (!hasPair(pieces, id)) continue;
      for (let at = starts[id] as number; at < (starts[id + 1] as number); at++) {
        // A cut must not part a surrogate pair, so all of them join or none does.
        if (isSurrogate(units[at] as number)) classifySurrogates(this.classes, classify);
        else classify(units[at] as number);
      }
    }
    this.classCount = Math.min(count, MAX_CLASSES);
    this.joins = new Uint8Array(this.classCount ** 2);
    for (let id = 0; id < pieces.size; id++) {
      if (hasPair(pieces, id)) this.#join(units, starts[id] as number, starts[id + 1] as number);
    }
    if (this.classes[0xd800] !== ALONE) this.#join(Uint16Array.of(0xd800, 0xdc00), 0, 2);
    if (splitsAtSpaces) this.#cutBefore(SPACE);
  }

  #join(units: Uint16Array, start: number, end: number): void {
    for (let at = start + 1; at < end; at++) {
      const left = this.classes[units[at - 1] as number] as number;
      const right = this.classes[units[at] as number] as number;
      this.joins[left * this.classCount + right] = 1;
    }
  }

  #cutBefore(unit: number): void {
    const right = this.classes[unit] as number;
    for (let left = 0; left < this.classCount; left++)
      this.joins[left * this.classCount + right] = 0;
  }
}

/** Whether a piece has more than one character, and takes part in merges. */
function hasPair(pieces: PieceList, id: number): boolean {
  if (pieces.kinds[id] !== NORMAL) return false;
  const length = pieces.lengthOf(id);
  return (
    length > 2 ||
    (length === 2 && !isSurrogate(pieces.units[pieces.starts[id] as number] as number))
  );
}

function isSurrogate(unit: number): boolean {
  return (unit & 0xf800) === 0xd800;
}

/** High surrogates get one class, low ones another. */
function classifySurrogates(classes: Uint16Array, classify: (unit: number) => void): void {
  if (classes[0xd800] !== ALONE) return;
  classify(0xd800);
  classify(0xdc00);
  classes.fill(classes[0xd800] as number, 0xd800, 0xdc00);
  classes.fill(classes[0xdc00] as number, 0xdc00, 0xe000);
}
