import { describe } from "./describe.ts";
import { exceeds, TokenizerError } from "./error.ts";
import { MAX_TOTAL_UNITS } from "./limits.ts";

/** The node that every text begins at. */
export const ROOT = 0;

const FREE = -1;

/**
 * Symbols by their text, one UTF-16 unit after another. Walking along a piece finds all symbols that it begins with, and
 * needs no substrings, whose hundred thousands would take longer to make than the rest of loading.
 *
 * The edges are a hash table, and a node is the place of the edge that leads to it.
 */
export class Trie {
  /** The symbol that ends at each node, plus one; 0 for none. */
  readonly #symbols: Int32Array;
  readonly #parents: Int32Array;
  readonly #units: Uint16Array;
  readonly #shift: number;

  /** @param units - how many units the pieces have in all, at most */
  constructor(units: number) {
    exceeds(units, MAX_TOTAL_UNITS, "characters in the pieces");
    this.#shift = Math.clz32(2 * units + 2);
    const slots = 2 ** (32 - this.#shift);
    this.#symbols = new Int32Array(slots);
    this.#parents = new Int32Array(slots).fill(FREE);
    this.#units = new Uint16Array(slots);
    // No edge leads to the root, so none may take its place.
    this.#parents[ROOT] = slots;
  }

  /** Adds a symbol. */
  add(text: string, id: number): void {
    let node = ROOT;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      const slot = this.#slotOf(node, unit);
      this.#parents[slot] = node;
      this.#units[slot] = unit;
      node = slot;
    }
    if (this.#symbols[node] !== 0) {
      const problem = `piece ${id} is ${describe(text)}, as is piece ${this.symbolAt(node)}.`;
      throw new TokenizerError("MALFORMED", problem);
    }
    this.#symbols[node] = id + 1;
  }

  /** The symbol that ends at a node, or -1. */
  symbolAt(node: number): number {
    return (this.#symbols[node] as number) - 1;
  }

  /** The symbol that is a text's end from an index on, or -1. */
  find(text: string, start: number): number {
    let node = ROOT;
    for (let at = start; at < text.length; at++) {
      node = this.next(node, text.charCodeAt(at));
      if (node === FREE) return -1;
    }
    return this.symbolAt(node);
  }

  /** Where one more unit leads from a node; -1 if no piece goes on so. */
  next(node: number, unit: number): number {
    const slot = this.#slotOf(node, unit);
    return this.#parents[slot] === FREE ? FREE : slot;
  }

  /** The place of an edge, or the free one where it would go. */
  #slotOf(node: number, unit: number): number {
    const parents = this.#parents;
    const hash = Math.imul(Math.imul(node, 0x01000193) ^ unit, 0x9e3779b1);
    let slot = hash >>> this.#shift;
    while (parents[slot] !== FREE && (parents[slot] !== node || this.#units[slot] !== unit)) {
      slot = (slot + 1) & (parents.length - 1);
    }
    return slot;
  }
}
