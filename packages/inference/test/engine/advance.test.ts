import { expect, test } from "vitest";
import { advance } from "../../src/engine/advance.ts";
import type { Job } from "../../src/engine/job.ts";

/** Which jobs sampled while none had before, of jobs of which some sample nothing, as they have ended or fail. */
async function soloists(samples: readonly boolean[], logitIndexes: readonly number[]) {
  const asked: number[] = [];
  const alone: number[] = [];
  let running = 0;
  const jobs = samples.map((doesSample, index) => ({
    advance: async () => {
      asked.push(index);
      if (!doesSample) return false;
      running++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (running === 1) alone.push(index);
      return true;
    },
  }));
  const shares = jobs.map((job) => ({ job: job as unknown as Job, tokenCount: 1 }));
  await advance(shares, logitIndexes);
  return { asked: asked.sort(), alone };
}

test("one samples alone, then the others at once", async () => {
  const { asked, alone } = await soloists([true, true, true], [0, 1, 2]);
  expect(asked).toEqual([0, 1, 2]);
  expect(alone).toEqual([2]);
});

test("where the first one has ended meanwhile or fails, the next one samples alone", async () => {
  expect((await soloists([true, true, false], [0, 1, 2])).alone).toEqual([1]);
  expect((await soloists([true, true, true, false, false], [0, 1, 2, 3, 4])).alone).toEqual([2]);
});

test("everybody is asked, also where nobody samples", async () => {
  expect((await soloists([false, false, false], [-1, 3, -1])).asked).toEqual([0, 1, 2]);
});
