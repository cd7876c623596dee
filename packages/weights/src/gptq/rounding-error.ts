/** How far weights are from those they stand for. */
export interface RoundingErrorFigures {
  /** The root of the mean of the squares. */
  readonly rmse: number;
  /** The largest. */
  readonly max: number;
}

/** Adds up how far weights are from those they stand for. */
export class RoundingError implements RoundingErrorFigures {
  #squares = 0;
  #count = 0;
  #max = 0;

  /** Takes a difference that some weights have. */
  add(difference: number, weights: number): void {
    const size = Math.abs(difference);
    this.#squares += size * size * weights;
    this.#count += weights;
    if (size > this.#max) this.#max = size;
  }

  get rmse(): number {
    return this.#count === 0 ? 0 : Math.sqrt(this.#squares / this.#count);
  }

  get max(): number {
    return this.#max;
  }
}
