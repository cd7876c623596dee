import { describe, expect, test } from "vitest";
import { Product } from "../../src/adapters/product.ts";
import { createRandom, normalNumbers } from "../quantize/random.ts";

function reference(left: Float32Array, right: Float32Array, rank: number, scale: number) {
  const columns = right.length / rank;
  return (row: number, column: number) => {
    let sum = 0;
    for (let k = 0; k < rank; k++) {
      sum += (left[row * rank + k] as number) * (right[k * columns + column] as number);
    }
    return scale * sum;
  };
}

describe("the product is added as double precision has it", () => {
  test.each([
    [1, 1, 1],
    [4, 8, 1],
    [3, 7, 2],
    [5, 9, 3],
    [9, 33, 64],
    [6, 4096, 16],
    [2, 128, 256],
  ])("%i rows, %i columns, rank %i", (rows, columns, rank) => {
    const random = createRandom(rows + columns + rank);
    const left = normalNumbers(rows * rank, 1, random);
    const right = normalNumbers(rank * columns, 1, random);
    const base = normalNumbers(rows * columns, 1, random);
    const product = new Product(left, right, rank, -1.5);
    const exact = reference(left, right, rank, -1.5);
    const values = base.slice();
    product.addTo(values, 0);
    const errors = values.map((value, i) => {
      const wanted = (base[i] as number) + exact(Math.floor(i / columns), i % columns);
      return Math.abs(value - wanted);
    });
    expect(Math.max(...errors)).toBeLessThan(2e-6 * rank);
    // Some rows later than the first, by themselves.
    const first = Math.floor(rows / 2);
    const some = base.slice(first * columns);
    product.addTo(some, first);
    expect(some.every((value, i) => value === values[first * columns + i])).toBe(true);
  });
});
