import { afterEach, expect, test, vi } from "vitest";
import { Clock } from "../src/clock.ts";

afterEach(() => vi.restoreAllMocks());

test("the first token starts the speed, so there are as many intervals as tokens but one", () => {
  const now = vi.spyOn(performance, "now");
  const clock = new Clock(1000);
  for (const time of [1100, 1150, 1200]) {
    now.mockReturnValue(time);
    clock.tick();
  }
  now.mockReturnValue(1250);
  expect(clock.timings(3)).toEqual({ totalMs: 250, timeToFirstTokenMs: 100, tokensPerSecond: 20 });
});

test("what cannot be told is left out", () => {
  vi.spyOn(performance, "now").mockReturnValue(1100);
  const clock = new Clock(1000);
  expect(clock.timings(0)).toEqual({ totalMs: 100 });
  clock.tick();
  expect(clock.timings(1)).toEqual({ totalMs: 100, timeToFirstTokenMs: 100 });
});
