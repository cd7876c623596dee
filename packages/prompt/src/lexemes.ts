import { strip } from "./python-strip.ts";
import {
  BEGIN_INSTRUCTION,
  BEGIN_SYSTEM,
  BOS_TEXT,
  type END_INSTRUCTION,
  type END_SYSTEM,
  EOS_TEXT,
} from "./tags.ts";

/** A piece of a prompt: one of the format's tags, BOS, EOS, or the text between two of these. */
export interface Lexeme {
  readonly kind:
    | typeof BEGIN_INSTRUCTION
    | typeof END_INSTRUCTION
    | typeof BEGIN_SYSTEM
    | typeof END_SYSTEM
    | typeof BOS_TEXT
    | typeof EOS_TEXT
    | "text";
  readonly text: string;
  /** Where it begins: an offset into a text, or an index into segments or ids. */
  readonly offset: number;
}

const TAGS = /\[\/?INST\]|<<\/?SYS>>/g;
const TAGS_BOS_EOS = /\[\/?INST\]|<<\/?SYS>>|<\/?s>/g;

/**
 * @param text - the text of a segment, in which `<s>` and `</s>` are what somebody wrote
 * @param offset - where the segment is
 * @returns its pieces
 */
export function lexSegment(text: string, offset: number): Lexeme[] {
  return split(text, TAGS).map((lexeme) => ({ ...lexeme, offset }));
}

/**
 * Takes `<s>` for BOS and `</s>` for EOS where the format has them, and for text where a message mentions them.
 * Two `</s>` without a space between them are both EOS: the format has a space before it, so neither is an answer's.
 *
 * @param prompt - a prompt as text
 * @returns its pieces
 */
export function lexPrompt(prompt: string): Lexeme[] {
  const lexemes = split(prompt, TAGS_BOS_EOS);
  // From behind, because what comes after a mark tells whether it stands between two turns or in a message.
  let next: Lexeme["kind"] | "end" = "end";
  for (let index = lexemes.length - 1; index >= 0; index--) {
    const lexeme = lexemes[index] as Lexeme;
    if (lexeme.kind === "text" && strip(lexeme.text) === "") continue;
    const begins: boolean =
      next === BOS_TEXT || next === BEGIN_INSTRUCTION || next === BEGIN_SYSTEM;
    const isText: boolean =
      (lexeme.kind === BOS_TEXT && !begins && lexeme.offset > 0 && next !== "end") ||
      (lexeme.kind === EOS_TEXT &&
        !begins &&
        next !== "end" &&
        lexemes[index + 1]?.kind !== EOS_TEXT);
    if (isText) lexemes[index] = { ...lexeme, kind: "text" };
    next = isText ? "text" : lexeme.kind;
  }
  return joinTexts(lexemes);
}

function split(text: string, marks: RegExp): Lexeme[] {
  const lexemes: Lexeme[] = [];
  let end = 0;
  const pushText = (until: number) => {
    if (until > end) lexemes.push({ kind: "text", text: text.slice(end, until), offset: end });
  };
  for (const { 0: mark, index } of text.matchAll(marks)) {
    pushText(index);
    lexemes.push({ kind: mark as Lexeme["kind"], text: mark, offset: index });
    end = index + mark.length;
  }
  pushText(text.length);
  return lexemes;
}

function joinTexts(lexemes: readonly Lexeme[]): Lexeme[] {
  const joined: Lexeme[] = [];
  for (const lexeme of lexemes) {
    const before = joined.at(-1);
    if (lexeme.kind === "text" && before?.kind === "text") {
      joined[joined.length - 1] = { ...before, text: before.text + lexeme.text };
    } else {
      joined.push(lexeme);
    }
  }
  return joined;
}
