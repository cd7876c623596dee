import { fail } from "./error.ts";
import { type Merges, rememberMerges } from "./merges.ts";
import { NORMAL, type Pieces, textOf } from "./pieces.ts";

/** What a hash is multiplied by for each unit. Odd, and another one every time, so no file can be made to collide. */
const BASE = 2 * Math.floor(2 ** 31 * Math.random()) + 1;

/**
 * SentencePiece's merges: two symbols merge if their texts joined are a piece, and a merge has that piece's id for its
 * number.
 *
 * A text `abc` has the hash `(a * BASE + b) * BASE + c`, so that of a joined text follows from that of its beginning. Thus a
 * piece is found without the joined text being made, and 61,000 pairs need not be listed before the first of them is asked
 * for.
 *
 * @param symbols - the pieces, and behind them the characters that are symbols without being pieces
 * @param ranks - by id: the higher a piece's score, the lower its rank. Equal scores have one rank
 * @throws TokenizerError if two pieces have one text
 */
export function mergesByScore(symbols: Pieces, ranks: Int32Array): Merges {
  const { units, starts, kinds } = symbols;
  const count = kinds.length;
  const hashes = new Int32Array(count);
  const shift = Math.clz32(count) - 1;
  // The symbols by their hashes; -1 in free slots. At most half of the slots are taken.
  const slots = new Int32Array(2 ** (32 - shift)).fill(-1);

  /** The hash of a text with a symbol behind it. */
  const hashWith = (hash: number, symbol: number): number => {
    let result = hash;
    const end = starts[symbol + 1] as number;
    for (let at = starts[symbol] as number; at < end; at++) {
      result = (Math.imul(result, BASE) + (units[at] as number)) | 0;
    }
    return result;
  };
  /** The slot of the symbol whose text is that of one or two others, or a free one. */
  const slotOf = (hash: number, left: number, right?: number): number => {
    let slot = Math.imul(hash, 0x9e3779b1) >>> shift;
    for (let symbol = slots[slot] as number; symbol !== -1; symbol = slots[slot] as number) {
      if (hashes[symbol] === hash) {
        const end = right === undefined ? "" : textOf(symbols, right);
        if (textOf(symbols, symbol) === textOf(symbols, left) + end) break;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  };

  for (let id = 0; id < count; id++) {
    if (kinds[id] !== NORMAL) continue;
    const hash = hashWith(0, id);
    const slot = slotOf(hash, id);
    if (slots[slot] !== -1) {
      fail("MALFORMED", `piece ${slots[slot]} has the same text.`, `piece ${id}`);
    }
    hashes[id] = hash;
    slots[slot] = id;
  }

  const find = (left: number, right: number): number => {
    const hash = hashWith(hashes[left] as number, right);
    const slot = slotOf(hash, left, right);
    return slots[slot] as number;
  };
  return rememberMerges(find, ranks, Uint16Array.from(hashes.keys()));
}
