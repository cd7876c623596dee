import { NORMAL, type Pieces } from "./pieces.ts";

/**
 * Kinds of characters told apart. Llama 2 needs 265; the table is their square, so a vocabulary with more has
 * characters share a kind. That makes cuts rarer, and never wrong.
 */
const MAX_CLASSES = 1024;

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
  constructor({ texts, kinds }: Pieces, splitsAtSpaces: boolean) {
    let count = ALONE + 1;
    // Numbered as they come, in rows of full length; those that are there are few.
    const wide = new Uint8Array(MAX_CLASSES ** 2);
    const classOf = (unit: number): number => {
      const known = this.classes[unit] as number;
      if (known !== ALONE) return known;
      const next = count < MAX_CLASSES ? count++ : 1 + (unit % (MAX_CLASSES - 1));
      // A cut must not part a surrogate pair, so high ones share a class, and so do low ones.
      if ((unit & 0xf800) === 0xd800)
        this.classes.fill(next, unit & 0xfc00, (unit & 0xfc00) + 0x400);
      else this.classes[unit] = next;
      return next;
    };
    for (let id = 0; id < texts.length; id++) {
      const text = texts[id] as string;
      if (kinds[id] !== NORMAL || text.length < 2 || isPair(text)) continue;
      let left = classOf(text.charCodeAt(0));
      for (let at = 1; at < text.length; at++) {
        const right = classOf(text.charCodeAt(at));
        wide[left * MAX_CLASSES + right] = 1;
        left = right;
      }
    }
    if (this.classes[0xd800] !== ALONE) wide[classOf(0xd800) * MAX_CLASSES + classOf(0xdc00)] = 1;
    this.classCount = count;
    this.joins = new Uint8Array(count * count);
    for (let left = 0; left < count; left++) {
      const row = wide.subarray(left * MAX_CLASSES, left * MAX_CLASSES + count);
      if (splitsAtSpaces) row[this.classes[0x2581] as number] = 0;
      this.joins.set(row, left * count);
    }
  }
}

/** Whether a text of two units or more is a single character. */
function isPair(text: string): boolean {
  return text.length === 2 && (text.charCodeAt(0) & 0xfc00) === 0xd800;
}
