/** Ranks and positions share one number, which orders by rank first. A text has fewer positions than this. */
const POSITIONS = 2 ** 31;

/** A binary heap of positions, the lowest rank first and the leftmost of equals. */
export class UrgentPairs {
  #keys = new Float64Array(64);
  #size = 0;

  /** The first one's rank. There must be one. */
  get rank(): number {
    return Math.floor((this.#keys[0] as number) / POSITIONS);
  }

  /** Whether there is one, and its turn is before a rank and position. */
  isBefore(rank: number, at: number): boolean {
    return this.#size > 0 && (this.#keys[0] as number) < rank * POSITIONS + at;
  }

  push(rank: number, at: number): void {
    if (this.#size === this.#keys.length) {
      const keys = new Float64Array(2 * this.#size);
      keys.set(this.#keys);
      this.#keys = keys;
    }
    const keys = this.#keys;
    const key = rank * POSITIONS + at;
    let hole = this.#size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if ((keys[parent] as number) <= key) break;
      keys[hole] = keys[parent] as number;
      hole = parent;
    }
    keys[hole] = key;
  }

  /** Takes the first one out. Returns its position. */
  pop(): number {
    const keys = this.#keys;
    const first = keys[0] as number;
    const key = keys[--this.#size] as number;
    let hole = 0;
    for (let child = 1; child < this.#size; child = 2 * hole + 1) {
      if (child + 1 < this.#size && (keys[child + 1] as number) < (keys[child] as number)) child++;
      if ((keys[child] as number) >= key) break;
      keys[hole] = keys[child] as number;
      hole = child;
    }
    keys[hole] = key;
    return first % POSITIONS;
  }
}
