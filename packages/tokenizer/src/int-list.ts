import { grown } from "./typed-arrays.ts";

/** Integers that come bit by bit. */
export class IntList {
  length = 0;
  #items = new Int32Array(0);

  push(item: number): void {
    this.#items = grown(this.#items, this.length + 1);
    this.#items[this.length++] = item;
  }

  /** Copies the first `count` items of an array, which is used again by who passes it. */
  append(items: Int32Array, count: number): void {
    if (this.length === 0) {
      // Most texts come in one piece, which then need not be copied again.
      this.#items = items.slice(0, count);
    } else {
      this.#items = grown(this.#items, this.length + count);
      this.#items.set(items.subarray(0, count), this.length);
    }
    this.length += count;
  }

  /** The items, in an array of their own. The list is not to be used after this. */
  finish(): Int32Array {
    const { length } = this;
    return length === this.#items.length ? this.#items : this.#items.slice(0, length);
  }
}
