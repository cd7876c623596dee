import { expect, test } from "vitest";
import type { NativeContext } from "../../src/engine/native-context.ts";
import { SlotPool } from "../../src/engine/slot-pool.ts";

const context = { truncate: () => true } as unknown as NativeContext;

test("a session's generations run on its slot, and no others do", () => {
  const pool = new SlotPool(context, 2);
  const reservation = pool.reserve();
  expect(pool.freeFor(reservation)).toEqual([reservation?.slot]);
  expect(pool.freeFor(undefined)).toHaveLength(1);
  expect(pool.freeFor(undefined)).not.toContain(reservation?.slot);
});

test("what waits for a session that was disposed of does not run on the slot of the next one", () => {
  const pool = new SlotPool(context, 1);
  const reservation = pool.reserve();
  if (reservation) pool.giveBack(reservation);
  expect(pool.freeFor(reservation)).toEqual([reservation?.slot]);
  expect(pool.reserve()?.slot).toBe(reservation?.slot);
  expect(pool.freeFor(reservation)).toEqual([]);
});
