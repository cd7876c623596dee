import { fail } from "./error.ts";
import { MAX_UNITS } from "./limits.ts";
import { type Merges, remembered } from "./merges.ts";
import { NORMAL, type Pieces } from "./pieces.ts";

/** No symbol has this number. */
const NONE = 0xffff;

/** What a hash is multiplied by for each unit. Odd, and another one every time, so no file can be made to collide. */
const BASE = 2 * Math.floor(2 ** 31 * Math.random()) + 1;

/**
 * SentencePiece's merges: two symbols merge if their texts joined are a piece, and a merge has that piece's id for its
 * number.
 *
 * A text `abc` has the hash `(a * BASE + b) * BASE + c`, so that of a joined text follows from those of its parts. Thus a
 * piece is found without the joined text being made, and 61,000 pairs need not be listed before the first of them is asked
 * for.
 *
 * @param symbols - the pieces, and behind them the characters that are symbols without being pieces
 * @param ranks - by id: the higher a piece's score, the lower its rank. Equal scores have one rank
 * @throws TokenizerError if two pieces have one text
 */
export function mergesByScore({ units, starts, kinds }: Pieces, ranks: Int32Array): Merges {
  const count = kinds.length;
  const hashes = new Int32Array(count);
  const shift = Math.clz32(count) - 1;
  // The symbols by their hashes. At most half of the slots are taken.
  const slots = new Uint16Array(2 ** (32 - shift)).fill(NONE);
  const made = new Uint16Array(count);

  const slotAfter = (slot: number): number => (slot + 1) & (slots.length - 1);
  const slotOf = (hash: number): number => Math.imul(hash, 0x9e3779b1) >>> shift;
  const startOf = (symbol: number): number => starts[symbol] as number;
  const lengthOf = (symbol: number): number => startOf(symbol + 1) - startOf(symbol);

  /** Whether a text begins with a symbol at a place. */
  const isAt = (place: number, symbol: number): boolean => {
    const start = startOf(symbol);
    const length = lengthOf(symbol);
    let at = 0;
    while (at < length && units[place + at] === units[start + at]) at++;
    return at === length;
  };

  for (let id = 0; id < count; id++) {
    made[id] = id;
    if (kinds[id] !== NORMAL) continue;
    const end = startOf(id + 1);
    let hash = 0;
    for (let at = startOf(id); at < end; at++) {
      hash = (Math.imul(hash, BASE) + (units[at] as number)) | 0;
    }
    hashes[id] = hash;
    let slot = slotOf(hash);
    for (; slots[slot] !== NONE; slot = slotAfter(slot)) {
      const known = slots[slot] as number;
      if (hashes[known] === hash && lengthOf(known) === lengthOf(id) && isAt(startOf(id), known)) {
        fail("MALFORMED", `piece ${known} has the same text.`, `piece ${id}`);
      }
    }
    slots[slot] = id;
  }

  const powers = new Int32Array(MAX_UNITS + 1).fill(1);
  for (let exponent = 1; exponent <= MAX_UNITS; exponent++) {
    powers[exponent] = Math.imul(powers[exponent - 1] as number, BASE);
  }

  const find = (left: number, right: number): number => {
    const length = lengthOf(right);
    const power = powers[length] as number;
    const hash = (Math.imul(hashes[left] as number, power) + (hashes[right] as number)) | 0;
    for (let slot = slotOf(hash); slots[slot] !== NONE; slot = slotAfter(slot)) {
      const id = slots[slot] as number;
      if (hashes[id] !== hash || lengthOf(id) !== lengthOf(left) + length) continue;
      if (isAt(startOf(id), left) && isAt(startOf(id + 1) - length, right)) return id;
    }
    return -1;
  };
  return { made, ranks, find: remembered(find) };
}
