import { createRandom } from "./random.ts";

const SPECIAL = [
  0,
  -0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** -149, // the smallest there is
  -(2 ** -149),
  1e-40,
  3.4e38,
  -3.4e38,
  1,
  -1,
  65504, // half precision's largest
  65520, // the first that half precision rounds to infinity
  6e-8,
];

/** Makes the numbers of one stretch of 256. */
type Stretch = (random: () => number) => (index: number) => number;

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

const STRETCHES: readonly Stretch[] = [
  // As weights are.
  (random) => () => (random() + random() + random() - 1.5) / 50,
  // Any pattern of bits.
  (random) => () => {
    singleBits[0] = random() * 2 ** 32;
    return single[0] as number;
  },
  // Only special ones, or a few among others.
  (random) => () => SPECIAL[Math.floor(random() * SPECIAL.length)] as number,
  (random) => () =>
    random() < 0.1 ? (SPECIAL[Math.floor(random() * SPECIAL.length)] as number) : random() - 0.5,
  // Of any size, alike and all the same.
  (random) => {
    const size = 2 ** (Math.floor(random() * 250) - 125);
    return () => (random() - 0.5) * size;
  },
  (random) => {
    const value = 2 ** (Math.floor(random() * 250) - 125);
    return () => value;
  },
  // Halfway between two levels, of 4 bits and of 8.
  (random) => () => (Math.floor(random() * 31) - 15) / 2,
  (random) => () => (Math.floor(random() * 509) - 254) / 2,
  // Below the smallest normal number, where the scale loses its bits.
  (random) => () => (Math.floor(random() * 256) - 128) * 2 ** -149 * 2 ** Math.floor(random() * 20),
  // Large ones around something that is no number.
  (random) => () => (random() < 0.02 ? Number.NaN : (random() - 0.5) * 1e10),
];

/** Numbers that no model has and a quantiser must survive, and ordinary ones, in stretches of 256. */
export function extremeWeights(count: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const weights = new Float32Array(count);
  for (let start = 0; start < count; start += 256) {
    const stretch = STRETCHES[Math.floor(random() * STRETCHES.length)] as Stretch;
    const next = stretch(random);
    for (let i = start; i < Math.min(start + 256, count); i++) weights[i] = next(i);
  }
  return weights;
}
