import { CHARACTERS, RARE, WORDS } from "./llama2-pieces.ts";
import { BYTE, CONTROL, NORMAL, type Pieces, UNKNOWN } from "./pieces.ts";

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** A character of `RARE` is written as an escape and a code. Each escape has all codes. */
const ESCAPES = "~`^";
const ESCAPED = /[~`^]./g;
const CODES =
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'()*+,-./0123456789:;<=>?@[]_{}";

/** The score of the pieces that are all space. They merge last, whatever their ids. */
const SPACES_SCORE = -1e9;

/**
 * Unpacks the 32,000 pieces. Before a piece of several characters there is a blank, which stands for a `▁` that it
 * begins with, or a bar. A piece of one character is its code point, as three digits of base 64.
 */
export function unpackLlama2(): Pieces {
  const texts = ["<unk>", "<s>", "</s>"];
  const kinds = [UNKNOWN, CONTROL, CONTROL];
  for (let byte = 0; byte < 256; byte++) {
    texts.push(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
    kinds.push(BYTE);
  }
  for (const word of WORDS.replaceAll(" ", "|▁").split("|").slice(1)) {
    texts.push(word.replace(ESCAPED, rareCharacter));
    kinds.push(NORMAL);
  }
  for (let at = 0; at < CHARACTERS.length; at += 3) {
    const point = (digit(at) << 12) | (digit(at + 1) << 6) | digit(at + 2);
    texts.push(String.fromCodePoint(point));
    kinds.push(NORMAL);
  }
  return { texts, kinds };
}

/** The score of each piece: those learned first have the highest, and are in the order of their ids. */
export function scoresOfLlama2({ texts }: Pieces): number[] {
  // No piece has a space behind another character, so those that end with one are all space.
  return texts.map((text, id) => (text.endsWith("▁") ? SPACES_SCORE : -id));
}

function rareCharacter(escaped: string): string {
  const lead = ESCAPES.indexOf(escaped.charAt(0));
  return RARE.charAt(lead * CODES.length + CODES.indexOf(escaped.charAt(1)));
}

function digit(at: number): number {
  return BASE64.indexOf(CHARACTERS.charAt(at));
}
