/** Enough for a short chat; the room doubles as it fills up, so that adding an id costs the same on average. */
const FIRST_CAPACITY = 256;

/** Ids to which others are added, and which can be read without a copy. */
export class GrowingIds {
  #room = new Int32Array(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The ids so far, to read: a view that nothing here changes any more. */
  view(): Int32Array {
    return this.#room.subarray(0, this.#length);
  }

  /** @param ids - what to add */
  push(ids: ArrayLike<number>): void {
    const length = this.#length + ids.length;
    if (length > this.#room.length) {
      const larger = new Int32Array(Math.max(length, 2 * this.#room.length));
      larger.set(this.view());
      this.#room = larger;
    }
    this.#room.set(ids, this.#length);
    this.#length = length;
  }

  /** @param length - how many ids to keep */
  cut(length: number): void {
    this.#room = this.#room.slice(); // what is added next would show in the views
    this.#length = length;
  }
}
