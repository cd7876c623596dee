import type { Token } from "./tokens.ts";

/** Tokens that are drawn together. */
export interface Line {
  readonly tokens: readonly Token[];
  /** Equal for lines that look the same. */
  readonly key: string;
}

/** A line that goes on for longer is broken here, so that a text without line breaks is not all one piece of work. */
const MAX_TOKENS = 400;

/** Cuts tokens into lines, each of which ends with a newline. */
export function linesOf(tokens: readonly Token[]): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (let at = 1; at <= tokens.length; at++) {
    const isEnd = at === tokens.length || at - start === MAX_TOKENS;
    if (!isEnd && !tokens[at - 1]?.piece.isNewline) continue;
    const part = tokens.slice(start, at);
    lines.push({ tokens: part, key: part.map(keyOf).join(" ") });
    start = at;
  }
  return lines;
}

function keyOf({ piece, role }: Token): string {
  return role === undefined ? `${piece.id}` : `${piece.id}${role}`;
}

/** Where two lists of lines differ: from `start` on, until as many lines as `rest` before the end. */
export function changedRange(
  before: readonly Line[],
  after: readonly Line[],
): { start: number; rest: number } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start]?.key === after[start]?.key) start++;
  let rest = 0;
  while (rest < shorter - start && before.at(-1 - rest)?.key === after.at(-1 - rest)?.key) rest++;
  return { start, rest };
}
