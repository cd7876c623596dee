import { CONTROL, SPACE, UNKNOWN, USER_DEFINED } from "./pieces.ts";
import type { Strip, Vocabulary } from "./vocabulary.ts";

/** A part of a text: a token that stands there by name, or text between such tokens. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  /** The token's id; -1 for text. */
  readonly id: number;
  /** Whether encoding puts a space before it. */
  readonly prefix: boolean;
}

interface Named {
  readonly id: number;
  readonly text: string;
  readonly kind: number;
  readonly strip: Strip | undefined;
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly token: Named;
}

/** Finds the tokens that a text holds by name. */
export class SpecialTokens {
  readonly #vocabulary: Vocabulary;
  readonly #always: Finder;
  readonly #parsed: Finder;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    const named: Named[] = [];
    const { texts, kinds, strips } = vocabulary;
    for (let id = 0; id < texts.length; id++) {
      const kind = kinds[id] as number;
      if (kind !== CONTROL && kind !== USER_DEFINED && kind !== UNKNOWN) continue;
      const text = texts[id] as string;
      if (text !== "") named.push({ id, text, kind, strip: strips?.get(id) });
    }
    this.#parsed = new Finder(named);
    this.#always = new Finder(named.filter(({ kind }) => kind === USER_DEFINED));
  }

  /** Whether a text is always one segment. */
  isPlain(parse: boolean): boolean {
    return (parse ? this.#parsed : this.#always).isEmpty;
  }

  /**
   * Cuts a text at the tokens that it names: the leftmost first, the longest of those that begin at one place.
   *
   * @param text - the text
   * @param parse - whether the names of control tokens count; those of user-defined ones always do
   * @returns segments that cover the text
   */
  segments(text: string, parse: boolean): Segment[] {
    const finder = parse ? this.#parsed : this.#always;
    const rule = this.#vocabulary.prefix;
    const segments: Segment[] = [];
    let prefix = rule.first;
    let from = 0;
    const addText = (end: number): void => {
      const needsSpace = prefix && !(rule.unlessSpace && isSpace(text.charCodeAt(from)));
      segments.push({ start: from, end, id: -1, prefix: needsSpace });
    };
    for (let found = finder.find(text, 0); found; found = finder.find(text, from)) {
      const { token } = found;
      const { start, end } = widen(text, found, from);
      const isInline = token.kind === USER_DEFINED;
      // SentencePiece has the space also where a text begins with a user-defined token.
      if (start > from || (isInline && prefix && rule.beforeToken)) addText(start);
      segments.push({ start, end, id: token.id, prefix: false });
      prefix = isInline ? rule.afterUserDefined : rule.afterControl;
      from = end;
    }
    if (from < text.length) addText(text.length);
    return segments;
  }
}

/** Takes in the white space beside a token that swallows it. */
function widen(text: string, found: Found, from: number): { start: number; end: number } {
  let { start, end } = found;
  const { strip } = found.token;
  if (strip?.left) while (start > from && isWhite(text, start - 1)) start--;
  if (strip?.right) while (end < text.length && isWhite(text, end)) end++;
  return { start, end };
}

/** Looks for any of a set of names. */
class Finder {
  /** Names by their first unit, the longest first. */
  readonly #byFirst = new Map<number, Named[]>();

  constructor(named: readonly Named[]) {
    for (const token of [...named].sort((a, b) => b.text.length - a.text.length)) {
      const first = fold(token.text.charCodeAt(0));
      const others = this.#byFirst.get(first);
      if (others) others.push(token);
      else this.#byFirst.set(first, [token]);
    }
  }

  get isEmpty(): boolean {
    return this.#byFirst.size === 0;
  }

  find(text: string, from: number): Found | undefined {
    if (this.isEmpty) return undefined;
    for (let start = from; start < text.length; start++) {
      for (const token of this.#byFirst.get(fold(text.charCodeAt(start))) ?? []) {
        if (standsAt(token.text, text, start)) {
          return { start, end: start + token.text.length, token };
        }
      }
    }
    return undefined;
  }
}

/** A space and its stand-in are one when names are looked for. */
function fold(unit: number): number {
  return unit === 0x20 ? SPACE : unit;
}

function isSpace(unit: number): boolean {
  return fold(unit) === SPACE;
}

function isWhite(text: string, at: number): boolean {
  return /\s/.test(text.charAt(at));
}

function standsAt(name: string, text: string, start: number): boolean {
  if (start + name.length > text.length) return false;
  for (let at = 0; at < name.length; at++) {
    if (fold(name.charCodeAt(at)) !== fold(text.charCodeAt(start + at))) return false;
  }
  return true;
}
