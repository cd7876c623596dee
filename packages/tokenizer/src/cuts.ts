import { NORMAL, type Pieces, SPACE } from "./pieces.ts";
import { pointAt, unitsOf } from "./symbols.ts";

/**
 * Kinds of characters told apart, as bits. Llama 2 needs 265; the table is their square, so a vocabulary with more has
 * characters share a kind. That makes cuts rarer, and never wrong.
 */
export const CLASS_BITS = 9;
const CLASSES: number = 1 << CLASS_BITS;

/** Of a character that stands in no piece beside another one. */
export const ALONE = 0;

/**
 * Where a text can be cut before it is merged. No merge crosses two neighbours that no piece has side by side, so the
 * chunks between such places are encoded one by one. Llama 2's pieces hold 3,279 such pairs of characters, which
 * makes chunks of about a word.
 */
export interface Cuts {
  /** The class of each UTF-16 unit. */
  readonly classes: Uint16Array;
  /** `joins[(a << CLASS_BITS) | b]` is 1 if some piece has a unit of class `a` before one of class `b`. */
  readonly joins: Uint8Array;
}

/**
 * @param pieces - the vocabulary
 * @param splitsAtSpaces - whether to cut before every space, also before one that follows another
 */
export function makeCuts({ units, starts, kinds }: Pieces, splitsAtSpaces: boolean): Cuts {
  const classes = new Uint16Array(65536);
  const joins = new Uint8Array(CLASSES ** 2);
  let count = ALONE + 1;
  const classOf = (unit: number): number => {
    if (classes[unit] === ALONE) {
      const next = count < CLASSES ? count++ : 1 + (unit % (CLASSES - 1));
      // A cut must not part a surrogate pair, so high ones share a class, and so do low ones.
      const start = (unit & 0xf800) === 0xd800 ? unit & 0xfc00 : unit;
      classes.fill(next, start, start === unit ? unit + 1 : start + 0x400);
    }
    return classes[unit] as number;
  };
  for (let id = 0; id < kinds.length; id++) {
    let at = starts[id] as number;
    const end = starts[id + 1] as number;
    if (kinds[id] !== NORMAL || at + unitsOf(pointAt(units, at, end)) === end) continue;
    let left = classOf(units[at] as number);
    while (++at < end) {
      const right = classOf(units[at] as number);
      joins[(left << CLASS_BITS) | right] = 1;
      left = right;
    }
  }
  if (classes[0xd800] !== ALONE) joins[(classOf(0xd800) << CLASS_BITS) | classOf(0xdc00)] = 1;
  const space = classOf(SPACE);
  for (let left = 0; splitsAtSpaces && left < CLASSES; left++)
    joins[(left << CLASS_BITS) | space] = 0;
  return { classes, joins };
}
