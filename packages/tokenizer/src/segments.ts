import { exceeds } from "./error.ts";
import { MAX_NAMED_UNITS } from "./limits.ts";
import { textOf, UNKNOWN, USER_DEFINED } from "./pieces.ts";
import {
  AFTER_CONTROL,
  AFTER_USER_DEFINED,
  BEFORE_TOKEN,
  FIRST,
  type Strip,
  UNLESS_SPACE,
  type Vocabulary,
} from "./vocabulary.ts";

/** A part of a text: a token that stands there by name, or with the id -1 text between such tokens. */
export type Segment = readonly [start: number, end: number, id: number, prefix: boolean];

/**
 * Makes a function that cuts a text at the tokens that it names: the leftmost first, the longest of those that begin at one
 * place. The names of control tokens count on request; those of user-defined ones always do. The segments cover the
 * text, and say whether encoding puts a space before them.
 */
export function makeSegmenter(
  vocabulary: Vocabulary,
): (text: string, parsesControl: boolean) => Segment[] {
  const { kinds, prefix: rule, strips } = vocabulary;
  const ids = new Map<string, number>();
  const userDefined: string[] = [];
  let units = 0;
  for (let id = 0; id < kinds.length; id++) {
    const kind = kinds[id] as number;
    if (kind < UNKNOWN || kind > USER_DEFINED) continue;
    const name = textOf(vocabulary, id).replaceAll(" ", "▁");
    if (name === "") continue;
    units += name.length;
    ids.set(name, id);
    if (kind === USER_DEFINED) userDefined.push(name);
  }
  exceeds(units, MAX_NAMED_UNITS, "characters in names of special tokens");
  const findUserDefined = finderOf(userDefined);
  const findAll = finderOf([...ids.keys()]);

  return (text, parsesControl) => {
    const segments: Segment[] = [];
    let hasPrefix = rule & FIRST;
    let from = 0;
    const addText = (end: number): void => {
      const begun = rule & UNLESS_SPACE && /^[ ▁]/.test(text.charAt(from));
      segments.push([from, end, -1, hasPrefix > 0 && !begun]);
    };
    for (const { 0: name, index = 0 } of (parsesControl ? findAll : findUserDefined)(text)) {
      const id = ids.get(name.replaceAll(" ", "▁")) as number;
      const [left, end] = widened(text, index, index + name.length, strips?.get(id));
      const start = Math.max(from, left);
      const isInline = kinds[id] === USER_DEFINED;
      // SentencePiece has the space also where a text begins with a user-defined token.
      if (start > from || (isInline && hasPrefix && rule & BEFORE_TOKEN)) addText(start);
      segments.push([start, end, id, false]);
      hasPrefix = rule & (isInline ? AFTER_USER_DEFINED : AFTER_CONTROL);
      from = end;
    }
    if (from < text.length) addText(text.length);
    return segments;
  };
}

/** Takes in the white space beside a token that swallows it. */
function widened(text: string, start: number, end: number, strip?: Strip): [number, number] {
  return [
    strip?.lstrip ? text.slice(0, start).trimEnd().length : start,
    strip?.rstrip ? text.length - text.slice(end).trimStart().length : end,
  ];
}

/** Makes a function that finds the longest of some names wherever there is one. */
function finderOf(names: string[]): (text: string) => Iterable<RegExpMatchArray> {
  names.sort((a, b) => b.length - a.length);
  const pattern = names.map((name) => name.replace(/[^\w▁]/g, "\\$&")).join("|");
  const finder = new RegExp(pattern.replaceAll("▁", "[ ▁]"), "g");
  return (text) => (pattern ? text.matchAll(finder) : []);
}
