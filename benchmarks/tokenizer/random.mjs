// Random choices that are the same on every machine and in every run.

/**
 * Makes a source of numbers from 0 up to 1 (mulberry32).
 *
 * @param {number} seed an integer
 * @returns {() => number}
 */
export function createRandom(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @template T
 * @param {() => number} random
 * @param {readonly T[]} list
 * @returns {T} any of them, all alike
 */
export function choose(random, list) {
  return list[Math.floor(random() * list.length)];
}

/**
 * @template T
 * @param {() => number} random
 * @param {readonly T[]} list
 * @returns {T} one of them, the first ones far more often than the last: as words are in a language
 */
export function chooseByRank(random, list) {
  return list[Math.floor(list.length ** random()) - 1] ?? list[0];
}
