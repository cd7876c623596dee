import type { ChatMessage } from "../src/index.ts";

/** Whole numbers below a limit, the same ones in every run (a linear congruential generator). */
export function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** What tags are made of, so that strings of these hold tags, halves of tags, and escaped tags. */
const TAG_PARTS = [
  ..."[]<>/\\ \n",
  ...["<<", ">>", "INST", "SYS", "s", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<s>", "</s>"],
  ...["Hi", "é", "\u{1f999}", "\u0085", "\ufeff"],
];

/** What a message may hold without being refused: no whole tag, but all that can be confused with one. */
const SAFE_PARTS = TAG_PARTS.filter(
  (part) => !/INST\]|SYS>>/.test(part) && !/^(INST|SYS)$/.test(part),
);

/** A text of up to `length` parts. */
export function randomText(
  random: (limit: number) => number,
  length: number,
  safe = false,
): string {
  const parts = safe ? SAFE_PARTS : TAG_PARTS;
  return Array.from({ length: random(length + 1) }, () => parts[random(parts.length)]).join("");
}

/** A conversation that the format allows, but for the tags that its messages may hold. */
export function randomConversation(random: (limit: number) => number, safe = false): ChatMessage[] {
  const said = Array.from({ length: 1 + 2 * random(3) }, (_, index): ChatMessage => {
    return { role: index % 2 === 0 ? "user" : "assistant", content: randomText(random, 6, safe) };
  });
  if (random(2) === 0) return said;
  return [{ role: "system", content: randomText(random, 6, safe) }, ...said];
}
