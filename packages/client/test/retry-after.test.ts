import { expect, test } from "vitest";
import { ClientError } from "../src/index.ts";
import { delayBefore, readRetryAfter } from "../src/retry.ts";

const NOW = Date.parse("2026-11-22T00:00:00Z");

test.each<[Record<string, string>, number | undefined]>([
  [{}, undefined],
  [{ "retry-after": "2" }, 2_000],
  [{ "retry-after": "0" }, 0],
  [{ "retry-after": "1.5" }, 1_500],
  [{ "retry-after": "-1" }, undefined],
  [{ "retry-after": "soon" }, undefined],
  [{ "retry-after": "Sun, 22 Nov 2026 00:00:10 GMT" }, 10_000],
  [{ "retry-after": "Sat, 21 Nov 2026 00:00:10 GMT" }, 0],
  [{ "retry-after-ms": "250", "retry-after": "9" }, 250],
  [{ "retry-after-ms": "x" }, undefined],
  [{ "retry-after": "1e999" }, undefined],
])("%j", (headers, milliseconds) => {
  expect(readRetryAfter(new Headers(headers), NOW)).toBe(milliseconds);
});

const policy = { attempts: 10, firstDelayMs: 100, maxDelayMs: 1_000, maxRetryAfterMs: 5_000 };

test("waits twice as long each time, up to a limit, and at least half of that", () => {
  const error = new ClientError("NETWORK", "");
  const limits = [100, 200, 400, 800, 1_000, 1_000];
  for (const [retry, limit] of limits.entries()) {
    const delays = Array.from({ length: 200 }, () => delayBefore(retry, error, policy) ?? 0);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(limit / 2);
    expect(Math.max(...delays)).toBeLessThanOrEqual(limit);
    expect(new Set(delays).size).toBeGreaterThan(100);
  }
  expect(delayBefore(10, error, policy)).toBeUndefined();
});

test("waits as long as the server asks, and not where that is too long", () => {
  const asked = (retryAfterMs: number) => new ClientError("OVERLOADED", "", { retryAfterMs });
  expect(delayBefore(0, asked(3_000), policy)).toBe(3_000);
  expect(delayBefore(0, asked(5_001), policy)).toBeUndefined();
});
