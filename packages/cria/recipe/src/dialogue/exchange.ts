import type { Memory } from "./memory.ts";
import type { Random } from "./random.ts";

/** What the user says, and what is right to answer. */
export interface Exchange {
  readonly user: string;
  /** Right answers, the usual one first. A training dialogue has one of them, most often the first. */
  readonly answers: readonly string[];
  /** The answer in a word or two, where it has one: for those who ask for short answers. */
  readonly short?: string;
  /** What it is about, for system prompts that forbid a topic. */
  readonly topic?: string;
  /**
   * Names what has to be worked out, such as `12 + 7`. A part of these is kept out of all training dialogues, so that the
   * evaluation tells whether it was learnt or learnt by heart.
   */
  readonly task?: string;
  /** Tells a right answer where there are too many to list. */
  readonly accepts?: (answer: string) => boolean;
}

/** Makes exchanges of one kind; undefined where it cannot now, as when nothing has been told that could be recalled. */
export type Skill = (memory: Memory, random: Random) => Exchange | undefined;

/** @returns the text with its first letter in upper case */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @returns `a cat`, `an owl` */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? "an" : "a"} ${noun}`;
}

/** @returns `red, blue and green` */
export function joinWithAnd(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
