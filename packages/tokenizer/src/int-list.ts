/** Integers that come bit by bit. */
export class IntList {
  length = 0;
  #items = new Int32Array(0);

  push(item: number): void {
    if (this.length === this.#items.length) this.#grow(2 * this.length + 32);
    this.#items[this.length++] = item;
  }

  /** Copies the first `count` items of an array, which is used again by who passes it. */
  append(items: Int32Array, count: number): void {
    if (this.length === 0) {
      // Most texts come in one piece, which then need not be copied again.
      this.#items = items.slice(0, count);
      this.length = count;
      return;
    }
    const length = this.length + count;
    if (length > this.#items.length) this.#grow(Math.max(length, 2 * this.length));
    this.#items.set(items.subarray(0, count), this.length);
    this.length = length;
  }

  at(index: number): number {
    return this.#items[index] as number;
  }

  /** The items, in an array of their own. The list is not to be used after this. */
  finish(): Int32Array {
    const { length } = this;
    return length === this.#items.length ? this.#items : this.#items.slice(0, length);
  }

  #grow(capacity: number): void {
    const larger = new Int32Array(capacity);
    larger.set(this.#items.subarray(0, this.length));
    this.#items = larger;
  }
}
