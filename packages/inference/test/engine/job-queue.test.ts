import { expect, test } from "vitest";
import { JobQueue } from "../../src/engine/job-queue.ts";

const queueOf = (...priorities: number[]) => {
  const queue = new JobQueue<{ priority: number; name: number }>();
  for (const [name, priority] of priorities.entries()) queue.add({ priority, name });
  return queue;
};
const any = () => true;

test("by priority, and in the order of their coming among equals", () => {
  expect(
    queueOf(0, 1, 0, -1, 1)
      .takeAll()
      .map(({ name }) => name),
  ).toEqual([1, 4, 0, 2, 3]);
});

test("who is not ready holds up nobody", () => {
  const queue = queueOf(1, 0);
  expect(queue.has(({ name }) => name === 1)).toBe(true);
  expect(queue.take(({ name }) => name === 1)).toMatchObject({ name: 1 });
  expect(queue.take(any)).toMatchObject({ name: 0 });
  expect(queue.take(any)).toBeUndefined();
});

test("who leaves is gone", () => {
  const queue = queueOf(0, 0);
  const job = queue.take(any);
  if (job) queue.remove(job);
  expect(queue.length).toBe(1);
});
