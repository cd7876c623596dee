import { describe, expect, it } from "vitest";
import { countExamples, exampleAt, storeExamples } from "../src/data/example-store.ts";
import { packExamples } from "../src/data/pack.ts";
import { planSteps } from "../src/data/plan.ts";
import { attentionMask, makeRow, splitRow } from "../src/data/row.ts";
import { EXAMPLES } from "./tiny-model.ts";

const LIMITS = { most: 100, vocabulary: 128 };

describe("packing", () => {
  it("fills rows without breaking an example", () => {
    const lengths = Array.from({ length: 500 }, (_, at) => 1 + ((at * 37) % 97));
    const rows = packExamples(lengths, 128);
    const sums = rows.map((row) => row.reduce((sum, at) => sum + (lengths[at] as number), 0));
    expect(Math.max(...sums)).toBeLessThanOrEqual(128);
    expect(rows.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, at) => at));
    const total = lengths.reduce((a, b) => a + b, 0);
    expect(rows.length).toBeLessThanOrEqual(Math.ceil(total / 128) + 1);
  });

  it("lets no example see another", () => {
    const row = makeRow([{ ids: [1, 5, 6] }, { ids: [1, 7] }]);
    expect([...row.ids.subarray(0, 3)]).toEqual([1, 5, 1]);
    expect([...row.labels]).toEqual([5, 6, 7]);
    const mask = attentionMask(row);
    const seen = (from: number) =>
      [...mask.subarray(from * 16, from * 16 + 4)].map((value) => value === 0);
    expect(seen(1)).toEqual([true, true, false, false]);
    expect(seen(2)).toEqual([false, false, true, false]);
  });
});

describe("a row's spans", () => {
  const rowOf = (...lengths: number[]) =>
    makeRow(lengths.map((length) => ({ ids: new Array(length + 1).fill(1) })));

  it("hold whole examples, of 128 tokens and more", () => {
    expect(splitRow(rowOf(100, 30, 128, 300, 20))).toEqual([
      [0, 130],
      [130, 258],
      [258, 558],
      [558, 592], // with what fills the row up
    ]);
    expect(splitRow(rowOf(16))).toEqual([[0, 16]]);
  });

  it("part none that see each other", () => {
    const row = rowOf(90, 50, 200, 129, 33);
    const mask = attentionMask(row);
    const length = row.ids.length;
    const spans = splitRow(row);
    for (const [start, end] of spans) {
      for (let from = start; from < end; from++) {
        const seen = mask.subarray(from * length, (from + 1) * length);
        const outside = [...seen.subarray(0, start), ...seen.subarray(end)];
        expect(outside.every((value) => value === Number.NEGATIVE_INFINITY)).toBe(true);
      }
    }
  });
});

describe("a store of examples", () => {
  it("gives back what was put in", async () => {
    const { store } = await storeExamples(EXAMPLES, LIMITS);
    expect(countExamples(store)).toBe(EXAMPLES.length);
    const { ids, spans } = exampleAt(store, 3);
    expect([...ids]).toEqual(EXAMPLES[3]?.ids);
    expect(spans).toEqual(EXAMPLES[3]?.spans);
  });

  it("cuts what is too long, and drops what has nothing to learn", async () => {
    const dataset = [{ ids: [1, 2, 3, 4, 5] }, { ids: [1, 2, 3, 4], spans: [[3, 4]] as const }];
    const { store, cut, dropped } = await storeExamples(dataset, { ...LIMITS, most: 3 });
    expect({ count: countExamples(store), cut, dropped }).toEqual({ count: 1, cut: 2, dropped: 1 });
  });

  it.each([
    [[], "The dataset is empty."],
    [[{ ids: [1] }], "none with anything to learn"],
    [[{ ids: [1, 2] }, { ids: [1, 128] }], "Example 2 has the id 128"],
  ])("refuses %j", async (dataset, message) => {
    await expect(storeExamples(dataset, LIMITS)).rejects.toThrow(message);
  });
});

describe("a plan", () => {
  const options = { perStep: 2, sequenceLength: 64, packing: false, seed: 7 };

  it("goes through every example once an epoch, in an order that the seed sets", async () => {
    const { store } = await storeExamples(EXAMPLES, LIMITS);
    const order = (seed: number, epoch: number) => {
      const plan = planSteps(store, { ...options, seed });
      return Array.from({ length: plan.stepsPerEpoch }, (_, step) => plan.rowsOf(epoch, step)).flat(
        2,
      );
    };
    expect(order(7, 0).toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(order(7, 0)).toEqual(order(7, 0));
    expect(order(7, 1)).not.toEqual(order(7, 0));
    expect(order(8, 0)).not.toEqual(order(7, 0));
  });

  it("counts rows instead of examples where it packs", async () => {
    const { store } = await storeExamples(EXAMPLES, LIMITS);
    const counting = planSteps(store, options);
    const packing = planSteps(store, { ...options, perStep: 1, packing: true });
    expect(counting.stepsPerEpoch).toBe(3);
    expect(packing.rowsOf(0, 0)).toHaveLength(1);
    expect(packing.stepsPerEpoch).toBe(2); // 105 tokens in rows of 64
  });
});
