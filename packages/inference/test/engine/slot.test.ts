import { expect, test } from "vitest";
import { chooseSlot, Slot } from "../../src/engine/slot.ts";

function slotWith(tokens: readonly number[], lastUse: number, adaptersKey = ""): Slot {
  const slot = new Slot(lastUse);
  slot.tokens.push(...tokens);
  slot.lastUse = lastUse;
  slot.adaptersKey = adaptersKey;
  return slot;
}

const chosen = (slots: readonly Slot[], prompt: readonly number[], key = "") =>
  slots.indexOf(chooseSlot(slots, prompt, key));

test("the slot whose conversation the prompt goes on with, the longest one", () => {
  const slots = [slotWith([], 0), slotWith([1, 2, 3], 1), slotWith([1, 2, 3, 4], 2)];
  expect(chosen(slots, [1, 2, 3, 4, 5])).toBe(2);
  expect(chosen(slots, [1, 2, 3])).toBe(1);
});

test("no slot is taken from another conversation for a beginning that they share, while there are others", () => {
  const slots = [slotWith([1, 2, 3, 4, 5, 6], 2), slotWith([], 0), slotWith([9, 8], 1)];
  expect(chosen(slots, [1, 2, 7, 7])).toBe(1);
});

test("otherwise the one that has not been used for longest", () => {
  const slots = [slotWith([5, 6], 3), slotWith([7, 8], 1), slotWith([9], 2)];
  expect(chosen(slots, [1, 2, 3])).toBe(1);
});

test("what was evaluated with other adapters is of no use", () => {
  const slots = [slotWith([1, 2, 3], 2, "pirate"), slotWith([4], 1)];
  expect(chosen(slots, [1, 2, 3, 4])).toBe(1);
  expect(chosen(slots, [1, 2, 3, 4], "pirate")).toBe(0);
});

test("of those that have not been used for long, one next to those in use", () => {
  const slots = [1, 2, 3, 4].map((lastUse) => new Slot(lastUse));
  for (const [index, slot] of slots.entries()) slot.lastUse = index + 1;
  const nextTo = (busy: number) => (sequence: number) => sequence === busy;
  const place = (busy: number) => slots.indexOf(chooseSlot(slots, [7], "", nextTo(busy)));
  expect(place(3)).toBe(1); // sequence 2, next to 3
  expect(place(5)).toBe(0); // sequence 4 is, but it was used last
});
