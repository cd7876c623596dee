import { exceeds } from "./error.ts";
import { MAX_NAMED_UNITS } from "./limits.ts";
import { BYTE, NORMAL, textOf, UNUSED, USER_DEFINED } from "./pieces.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** A part of a text: a token that stands there by name, or text between such tokens. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  /** The token's id; -1 for text. */
  readonly id: number;
  /** Whether encoding puts a space before it. */
  readonly prefix: boolean;
}

/** Finds the tokens that a text holds by name. */
export class SpecialTokens {
  readonly #vocabulary: Vocabulary;
  /** By name, with `▁` for spaces. */
  readonly #ids = new Map<string, number>();
  /** Finds user-defined tokens. */
  readonly #always: RegExp | undefined;
  /** Finds all. */
  readonly #parsed: RegExp | undefined;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    const { kinds } = vocabulary;
    const userDefined: string[] = [];
    let units = 0;
    for (let id = 0; id < kinds.length; id++) {
      const kind = kinds[id];
      if (kind === NORMAL || kind === BYTE || kind === UNUSED) continue;
      const name = underscored(textOf(vocabulary, id));
      if (name === "") continue;
      units += name.length;
      this.#ids.set(name, id);
      if (kind === USER_DEFINED) userDefined.push(name);
    }
    exceeds(units, MAX_NAMED_UNITS, "characters in names of special tokens");
    this.#always = finderOf(userDefined);
    this.#parsed = finderOf([...this.#ids.keys()]);
  }

  /**
   * Cuts a text at the tokens that it names: the leftmost first, the longest of those that begin at one place.
   *
   * @param text - the text
   * @param parse - whether the names of control tokens count; those of user-defined ones always do
   * @returns segments that cover the text
   */
  segments(text: string, parse: boolean): Segment[] {
    const rule = this.#vocabulary.prefix;
    const segments: Segment[] = [];
    let prefix = rule.first;
    let from = 0;
    const addText = (end: number): void => {
      const begun = rule.unlessSpace && /^[ ▁]/.test(text.charAt(from));
      segments.push({ start: from, end, id: -1, prefix: prefix && !begun });
    };
    const finder = parse ? this.#parsed : this.#always;
    for (const match of finder ? text.matchAll(finder) : []) {
      const id = this.#ids.get(underscored(match[0])) as number;
      const { start, end } = this.#widen(text, id, match.index, match.index + match[0].length);
      const isInline = this.#vocabulary.kinds[id] === USER_DEFINED;
      // SentencePiece has the space also where a text begins with a user-defined token.
      if (start > from || (isInline && prefix && rule.beforeToken)) addText(Math.max(start, from));
      segments.push({ start: Math.max(start, from), end, id, prefix: false });
      prefix = isInline ? rule.afterUserDefined : rule.afterControl;
      from = end;
    }
    if (from < text.length) addText(text.length);
    return segments;
  }

  /** Takes in the white space beside a token that swallows it. */
  #widen(text: string, id: number, from: number, to: number): { start: number; end: number } {
    const strip = this.#vocabulary.strips?.get(id);
    let start = from;
    let end = to;
    if (strip?.left) start = text.slice(0, start).trimEnd().length;
    if (strip?.right) end = text.length - text.slice(end).trimStart().length;
    return { start, end };
  }
}

/** A pattern that finds the longest of some names, or undefined if there is none. */
function finderOf(names: readonly string[]): RegExp | undefined {
  if (names.length === 0) return undefined;
  const byLength = [...names].sort((a, b) => b.length - a.length);
  const escaped = byLength.map((name) => name.replace(/[^\w▁]/g, escapeUnit));
  return new RegExp(escaped.join("|").replaceAll("▁", "[ ▁]"), "g");
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function underscored(text: string): string {
  return text.replaceAll(" ", "▁");
}
