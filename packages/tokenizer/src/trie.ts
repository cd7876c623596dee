import { exceeds } from "./error.ts";
import { MAX_TOTAL_UNITS } from "./limits.ts";

/** The node that every text begins at. */
export const ROOT = 0;

const FREE = 0;

/**
 * Symbols by their text, one UTF-16 unit after another. Walking along a piece finds all symbols that it begins with
 * without making substrings, of which there would be hundreds of thousands for the garbage collector.
 *
 * The edges are a hash table, and a node is the place of the edge that leads to it.
 */
export class Trie {
  /** The symbol that ends at each node, plus one; 0 for none. */
  readonly #symbols: Int32Array;
  /** Where an edge comes from and its unit, in one number. */
  readonly #edges: Float64Array;
  readonly #shift: number;

  /** @param units - how many units the symbols have in all, at most */
  constructor(units: number) {
    exceeds(units, MAX_TOTAL_UNITS, "characters in the pieces");
    // At most four fifths are taken, and as pieces share their beginnings, far less.
    this.#shift = Math.clz32(units + (units >> 2) + 1);
    const slots = 2 ** (32 - this.#shift);
    this.#symbols = new Int32Array(slots);
    this.#edges = new Float64Array(slots);
    // No edge leads to the root, so none may take its place.
    this.#edges[ROOT] = -1;
  }

  /** Adds a symbol. Returns the one that has the text already, or -1. */
  add(text: string, symbol: number): number {
    let node = ROOT;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      const slot = this.#slotOf(node, unit);
      this.#edges[slot] = edgeOf(node, unit);
      node = slot;
    }
    const known = this.symbolAt(node);
    this.#symbols[node] = symbol + 1;
    return known;
  }

  /** Where a unit leads from a node; the root if no symbol goes on so. */
  next(node: number, unit: number): number {
    const slot = this.#slotOf(node, unit);
    return this.#edges[slot] === FREE ? ROOT : slot;
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
      if (node === ROOT) return -1;
    }
    return this.symbolAt(node);
  }

  /** The place of an edge, or the free one where it would go. */
  #slotOf(node: number, unit: number): number {
    const edges = this.#edges;
    const edge = edgeOf(node, unit);
    let slot = Math.imul(Math.imul(node, 0x01000193) ^ unit, 0x9e3779b1) >>> this.#shift;
    while (edges[slot] !== edge && edges[slot] !== FREE) slot = (slot + 1) & (edges.length - 1);
    return slot;
  }
}

function edgeOf(node: number, unit: number): number {
  return node * 65536 + unit + 1;
}
