import { createKernel, PANEL, type ProductKernel, ROWS } from "./product-kernel.ts";

const PAGE = 2 ** 16;

/** The product of two small matrices, to be added to a large one row by row. */
export class Product {
  readonly #rank: number;
  readonly #columns: number;
  /** Columns, filled up to whole panels. */
  readonly #width: number;
  /** `[rows, rank]`. */
  readonly #left: Float32Array;
  readonly #kernel: ProductKernel;
  /** The kernel's memory, in numbers: four rows of values, four of the left matrix, the right one in panels. */
  readonly #memory: Float32Array;
  readonly #leftAt: number;
  readonly #rightAt: number;

  /**
   * @param left - `[rows, rank]`
   * @param right - `[rank, columns]`
   * @param scale - what the product is multiplied by
   */
  constructor(left: Float32Array, right: Float32Array, rank: number, scale: number) {
    this.#rank = rank;
    this.#columns = right.length / rank;
    this.#width = Math.ceil(this.#columns / PANEL) * PANEL;
    this.#left = left.map((value) => value * scale);
    this.#leftAt = ROWS * this.#width;
    this.#rightAt = this.#leftAt + ROWS * rank;
    const pages = Math.ceil(((this.#rightAt + rank * this.#width) * 4) / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages });
    this.#kernel = createKernel(memory);
    this.#memory = new Float32Array(memory.buffer);
    this.#packRight(right);
  }

  /** In panels of eight columns, whose numbers are read one behind the other. */
  #packRight(right: Float32Array): void {
    for (let column = 0; column < this.#columns; column++) {
      const panel = this.#rightAt + Math.floor(column / PANEL) * PANEL * this.#rank;
      const at = panel + (column % PANEL);
      for (let k = 0; k < this.#rank; k++) {
        this.#memory[at + k * PANEL] = right[k * this.#columns + column] as number;
      }
    }
  }

  /**
   * Adds rows of the product. Sums are kept in single precision, beginning at zero, and added to the value at the end.
   *
   * @param values - rows of the large matrix
   * @param firstRow - the number of the first of them
   */
  addTo(values: Float32Array, firstRow: number): void {
    const rows = values.length / this.#columns;
    for (let row = 0; row < rows; row += ROWS) {
      const count = Math.min(ROWS, rows - row);
      for (let i = 0; i < count; i++) {
        const from = (row + i) * this.#columns;
        this.#memory.set(values.subarray(from, from + this.#columns), i * this.#width);
        this.#packLeft(firstRow + row + i, i);
      }
      this.#kernel(0, this.#leftAt * 4, this.#rightAt * 4, this.#rank, this.#width);
      for (let i = 0; i < count; i++) {
        const sum = this.#memory.subarray(i * this.#width, i * this.#width + this.#columns);
        values.set(sum, (row + i) * this.#columns);
      }
    }
  }

  #packLeft(row: number, place: number): void {
    for (let k = 0; k < this.#rank; k++) {
      this.#memory[this.#leftAt + k * ROWS + place] = this.#left[row * this.#rank + k] as number;
    }
  }
}
