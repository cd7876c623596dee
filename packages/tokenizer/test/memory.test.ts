import { expect, test } from "vitest";
import { makeChunkCache } from "../src/chunk-cache.ts";
import { llama2Tokenizer } from "../src/llama2.ts";
import { mergeLong } from "../src/merge-long.ts";
import { NO_RANK } from "../src/merges.ts";
import { Random } from "./random-text.ts";

test.each([1 << 14, 20_000, 100_000, 1 << 20, 5_000_001])("a cache keeps to %d bytes", (bytes) => {
  const cache = makeChunkCache(bytes);
  expect(cache.memory.byteLength).toBeLessThanOrEqual(bytes);
  expect(cache.memory.byteLength).toBeGreaterThan(bytes - 8);
  const units = new Uint16Array(8);
  const ids = Int32Array.of(1, 2, 3);
  for (let hash = 0; hash < 100_000; hash++) {
    units[0] = hash & 0xffff;
    units[1] = hash >> 16;
    if (cache.recall(units, 0, 8, hash, ids, 0) === -1) {
      cache.remember(units, 0, 8, hash, ids, 0, 3);
    }
    expect(cache.recall(units, 0, 8, hash, ids, 0)).toBe(3);
  }
  expect([...ids]).toEqual([1, 2, 3]);
});

test("a text of 10 MB without repetition takes no memory that stays", () => {
  const random = new Random(1);
  const words = Array.from({ length: 1_450_000 }, () => random.below(2 ** 31).toString(36));
  const text = words.map((word) => word.slice(0, 7)).join(" ");
  words.length = 0;
  expect(text.length).toBeGreaterThan(9e6);
  const budget = 1 << 20;
  const tokenizer = llama2Tokenizer({ cacheBytes: budget });
  tokenizer.count(text.slice(0, 100_000));
  const used = () => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  const before = used();
  const count = tokenizer.count(text);
  expect(count).toBeGreaterThan(3_000_000);
  // Beside the budget, room for what awaits the garbage collector.
  expect(used() - before).toBeLessThan(budget + 20 * 2 ** 20);
}, 30_000);

test("the work per character of one letter does not grow with their number", () => {
  const perUnit = (length: number): number => {
    const symbols = new Int32Array(length).fill(260);
    let asked = 0;
    // Each symbol and its like make the next one: runs of 2, 4, 8 … letters.
    const rank = (left: number, right: number): number => {
      asked++;
      return left === right && left < 270 ? left - 260 : NO_RANK;
    };
    const make = (left: number): number => left + 1;
    expect(mergeLong({ rank, make }, symbols, length)).toBe(length / 1024);
    return asked / length;
  };
  expect(perUnit(2 ** 20)).toBeLessThan(1.1 * perUnit(2 ** 13));
});
