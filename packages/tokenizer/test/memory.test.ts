import { expect, test } from "vitest";
import { ChunkCache } from "../src/chunk-cache.ts";
import { llama2Tokenizer } from "../src/llama2.ts";
import { Random } from "./random-text.ts";

test.each([0, 1000, 1 << 14, 100_000, 1 << 20, 5_000_000])("a cache keeps to %d bytes", (bytes) => {
  const cache = new ChunkCache(bytes);
  expect(cache.bytes).toBeLessThanOrEqual(bytes);
  const units = new Uint16Array(8);
  const ids = Int32Array.of(1, 2, 3);
  for (let hash = 0; hash < 100_000; hash++) {
    units[0] = hash & 0xffff;
    units[1] = hash >> 16;
    if (cache.find(units, 0, 8, hash) === 0) cache.add(units, 0, 8, hash, ids, 0, 3);
  }
  expect(cache.bytes).toBeLessThanOrEqual(bytes);
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

test("the cost per character of one letter does not grow with their number", () => {
  const tokenizer = llama2Tokenizer({ cacheBytes: 0 });
  const cost = (length: number, times: number): number => {
    const text = "a".repeat(length);
    const start = performance.now();
    for (let time = 0; time < times; time++) tokenizer.count(text);
    return (performance.now() - start) / times / length;
  };
  cost(10_000, 30);
  const small = Math.min(cost(10_000, 10), cost(10_000, 10), cost(10_000, 10));
  // Two in the goal; this machine may have other things to do.
  expect(cost(1_000_000, 1)).toBeLessThan(6 * small);
}, 30_000);
