import { expect, test } from "vitest";
import { composeBatch } from "../../src/engine/batch.ts";
import type { Job } from "../../src/engine/job.ts";

/** How many tokens each job gets, by its place. */
function sharesOf(pending: readonly number[], size: number, promptShare: number): number[] {
  const jobs = pending.map((pendingCount) => ({ pendingCount }) as Job);
  const shares = composeBatch(jobs, { size, promptShare });
  return jobs.map((job) => shares.find((share) => share.job === job)?.tokenCount ?? 0);
}

test("every answer gets its token, whatever else there is", () => {
  expect(sharesOf([1, 1, 500, 1], 128, 32)).toEqual([1, 1, 32, 1]);
  expect(sharesOf([1, 1, 1, 1], 4, 1)).toEqual([1, 1, 1, 1]);
});

test("a prompt alone fills the batch", () => {
  expect(sharesOf([500], 128, 32)).toEqual([128]);
  expect(sharesOf([100], 128, 32)).toEqual([100]);
});

test("prompts share alike, and what a short one leaves goes to the long ones", () => {
  expect(sharesOf([500, 500], 128, 32)).toEqual([64, 64]);
  expect(sharesOf([500, 10, 500], 128, 32)).toEqual([59, 10, 59]);
  expect(sharesOf([500, 10, 500, 1], 128, 32)).toEqual([11, 10, 11, 1]);
});

test("no batch is larger than it may be, and no prompt is left out while there is room", () => {
  for (let count = 1; count <= 40; count++) {
    const pending = Array.from({ length: count }, (_, index) => ((index * 7) % 50) + 1);
    const shares = sharesOf(pending, 64, 16);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(64);
    for (const [index, share] of shares.entries()) {
      expect(share).toBeGreaterThanOrEqual(1);
      expect(share).toBeLessThanOrEqual(pending[index] ?? 0);
    }
  }
});
