import type { GenerationController } from "@llama2-kit/protocol";
import { expect, test } from "vitest";
import { Clock } from "../../src/clock.ts";
import type { JobSpec } from "../../src/engine/job.ts";
import { type NativeContext, NO_ADAPTERS } from "../../src/engine/native-context.ts";
import { Scheduler } from "../../src/engine/scheduler.ts";
import { AnswerText } from "../../src/text/answer-text.ts";

/** A context that evaluates nothing, and that fails to truncate a sequence. */
const context = {
  batchSize: 8,
  useAdapters: () => {},
  decode: async (parts: readonly unknown[]) => parts.map((_, index) => index),
  truncate: () => {
    throw new Error("out of order");
  },
} as unknown as NativeContext;

const createScheduler = () =>
  new Scheduler({ context, sequences: 1, maxQueue: 10, promptShare: 4 });

const controller = (): GenerationController => ({
  signal: new AbortController().signal,
  text: () => {},
  prompt: () => {},
});

function specOf(prompt: readonly number[]): JobSpec {
  return {
    prompt,
    maxTokens: 1,
    priority: 0,
    seed: 0,
    adapters: NO_ADAPTERS,
    reservation: undefined,
    clock: new Clock(0),
    text: new AnswerText({ detokenize: String, promptTokens: prompt, stop: [], kind: "raw" }),
    isEndOfAnswer: () => false,
    describeLogprob: () => undefined,
    createSampler: async () => ({ sample: async () => ({ token: 7 }), dispose: () => {} }),
  };
}

test("what waits for a moment between batches gets it, even after a failure of everything", async () => {
  const scheduler = createScheduler();
  await scheduler.run(specOf([1, 2, 3]), controller());
  const broken = scheduler.run(specOf([4, 5, 6]), controller());
  let errand: Promise<string> | undefined;
  const start = Promise.resolve().then(() => {
    errand = scheduler.betweenBatches(() => "done");
  });
  await expect(broken).rejects.toMatchObject({ message: expect.stringContaining("out of order") });
  await start;
  expect(await errand).toBe("done");
  await scheduler.idle();
});

test("an errand that fails fails by itself", async () => {
  const scheduler = createScheduler();
  const errands = [
    scheduler.betweenBatches(() => {
      throw new Error("at once");
    }),
    scheduler.betweenBatches(() => Promise.reject(new Error("later"))),
    scheduler.betweenBatches(() => "fine"),
  ];
  const outcomes = await Promise.allSettled(errands);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
});

test("when it is closed, it is idle, and nobody gets at the context any more", async () => {
  const scheduler = createScheduler();
  const done: string[] = [];
  const early = scheduler.betweenBatches(async () => done.push("early"));
  const closed = scheduler.close().then(() => done.push("closed"));
  await Promise.all([early, closed]);
  expect(done).toEqual(["early", "closed"]);
  await expect(scheduler.betweenBatches(() => "late")).rejects.toMatchObject({ code: "DISPOSED" });
});
