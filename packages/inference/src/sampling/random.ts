const SIZE = 624;
const MIDDLE = 397;

/**
 * The Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), with the numbers that C++'s `std::mt19937` and
 * `uniform_real_distribution` draw: the same seed draws the same tokens here as in llama.cpp.
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(SIZE);
  #index = SIZE;

  /** @param seed - an integer from 0 to 2^32 - 1 */
  constructor(seed: number) {
    const state = this.#state;
    state[0] = seed;
    for (let index = 1; index < SIZE; index++) {
      const before = state[index - 1] ?? 0;
      state[index] = Math.imul(before ^ (before >>> 30), 1_812_433_253) + index;
    }
  }

  /** An integer from 0 to 2^32 - 1. */
  next(): number {
    if (this.#index === SIZE) this.#refill();
    let value = this.#state[this.#index++] ?? 0;
    value ^= value >>> 11;
    value ^= (value << 7) & 0x9d2c5680;
    value ^= (value << 15) & 0xefc60000;
    return (value ^ (value >>> 18)) >>> 0;
  }

  /** A number from 0 to below 1, of two integers: C++'s `generate_canonical<double, 53>`. */
  double(): number {
    const low = this.next();
    const value = (low + this.next() * 2 ** 32) / 2 ** 64;
    return value < 1 ? value : 1 - 2 ** -53;
  }

  /** A 32-bit number from 0 to below 1, of one integer: C++'s `generate_canonical<float, 24>`. */
  float(): number {
    const value = Math.fround(Math.fround(this.next()) / 2 ** 32);
    return value < 1 ? value : 1 - 2 ** -24;
  }

  #refill(): void {
    const state = this.#state;
    for (let index = 0; index < SIZE; index++) {
      const upper = (state[index] ?? 0) & 0x80000000;
      const lower = (state[(index + 1) % SIZE] ?? 0) & 0x7fffffff;
      const mixed = upper | lower;
      const twist = mixed & 1 ? 0x9908b0df : 0;
      state[index] = (state[(index + MIDDLE) % SIZE] ?? 0) ^ (mixed >>> 1) ^ twist;
    }
    this.#index = 0;
  }
}
