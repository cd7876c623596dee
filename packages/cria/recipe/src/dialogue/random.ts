/** Chooses by a seed: the same seed makes the same dialogues, on every machine. */
export interface Random {
  /** A number from 0 to below 1. */
  next(): number;
  /** An integer from `least` to `most`, both included. */
  integer(least: number, most: number): number;
  /** True as often as this probability says. */
  chance(probability: number): boolean;
  choose<T>(items: readonly T[]): T;
  /** Some of the items, each at most once, in any order. */
  sample<T>(items: readonly T[], count: number): T[];
}

/**
 * A random generator of 32 bits of state (mulberry32, by Tommy Ettinger, public domain).
 *
 * @param seed - an integer; others are cut to 32 bits
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  const choose = <T>(items: readonly T[]): T => {
    const item = items[integer(0, items.length - 1)];
    if (item === undefined) throw new RangeError("There is nothing to choose from.");
    return item;
  };
  const sample = <T>(items: readonly T[], count: number): T[] => {
    const left = [...items];
    const taken: T[] = [];
    while (taken.length < count && left.length > 0) {
      taken.push(...left.splice(integer(0, left.length - 1), 1));
    }
    return taken;
  };
  return { next, integer, chance: (probability) => next() < probability, choose, sample };
}
