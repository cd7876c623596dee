import { expect, test } from "vitest";
import { WaitingLine } from "../../src/loading/waiting-line.ts";

const { signal } = new AbortController();

test("one enters at a time, first come, first served", async () => {
  const line = new WaitingLine();
  const entered: string[] = [];
  const visit = async (name: string) => {
    const leave = await line.enter(signal);
    entered.push(name);
    return leave;
  };
  const [a, b, c] = [visit("a"), visit("b"), visit("c")];
  (await a)?.();
  const leaveB = await b;
  expect(entered).toEqual(["a", "b"]);
  leaveB?.();
  (await c)?.();
  expect(entered).toEqual(["a", "b", "c"]);
});

test("who aborts leaves the line at once, and the others keep their order", async () => {
  const line = new WaitingLine();
  const leaveA = await line.enter(signal);
  const abort = new AbortController();
  const b = line.enter(abort.signal);
  const c = line.enter(signal);
  abort.abort();
  expect(await b).toBeUndefined();
  // Long enough for whoever can enter to do so.
  const soon = new Promise((resolve) => setImmediate(resolve, "still waiting"));
  expect(await Promise.race([c, soon])).toBe("still waiting");
  leaveA?.();
  expect(await c).toBeTypeOf("function");
});

test("a signal that fired before keeps one out", async () => {
  expect(await new WaitingLine().enter(AbortSignal.abort())).toBeUndefined();
});
