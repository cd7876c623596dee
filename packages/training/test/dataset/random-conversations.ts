import type { ChatMessage } from "@llama2-kit/prompt";

/** What can be confused with a format's own marks, but is not one of them, and characters of one to four bytes. */
const PARTS = [
  ..."ab <>[]/\\\"'\n\t{},:#é",
  ...["llama ", "### ", "Human", "</s>", "<s>", "INST", "<<", "SYS", "\u{1f999}", "\u2028", "한"],
];

/** Conversations that end with an answer, the same ones for a seed in every run. Texts are stripped. */
export function randomConversations(count: number, seed: number): ChatMessage[][] {
  let state = seed;
  const random = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  // A letter at either end, so that no format strips anything or takes an end for a mark.
  const text = () =>
    `x${Array.from({ length: random(8) }, () => PARTS[random(PARTS.length)]).join("")}y`;
  return Array.from({ length: count }, () => {
    const said = Array.from({ length: 2 * (1 + random(3)) }, (_, index): ChatMessage => {
      return { role: index % 2 === 0 ? "user" : "assistant", content: text() };
    });
    return random(2) === 0 ? said : [{ role: "system", content: text() }, ...said];
  });
}
