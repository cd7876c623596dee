import { CHARACTERS, RARE, WORDS } from "./llama2-pieces.ts";
import { BYTE, CONTROL, NORMAL, PieceList, SPACE, UNKNOWN } from "./pieces.ts";

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** A character of `RARE` is written as an escape and a code. Each escape has all codes; these are 88. */
const ESCAPES = "~`^";
const CODES =
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'()*+,-./0123456789:;<=>?@[]_{}";
const BLANK = 0x20;
const BAR = 0x7c;
const LONGEST = 16;

/** The pieces of 2 to 16 spaces and the one of a single space come last, whatever their ids. All have this score. */
const SPACES_SCORE = -1e9;

/**
 * Unpacks the 32,000 pieces. Before a piece of several characters there is a blank, which stands for a `▁` that it
 * begins with, or a bar. A piece of one character is its code point, as three digits of base 64.
 */
export function unpackLlama2(): PieceList {
  const pieces = new PieceList();
  pieces.add("<unk>", UNKNOWN);
  pieces.add("<s>", CONTROL);
  pieces.add("</s>", CONTROL);
  for (let byte = 0; byte < 256; byte++) {
    pieces.add(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`, BYTE);
  }
  for (let at = 0; at < WORDS.length; ) at = unpackWord(at, pieces);
  for (let at = 0; at < CHARACTERS.length; at += 3) {
    const point = (digit(at) << 12) | (digit(at + 1) << 6) | digit(at + 2);
    pieces.add(String.fromCodePoint(point), NORMAL);
  }
  return pieces;
}

/**
 * The score of each piece: those learned first have the highest, in the order of their ids.
 *
 * @param pieces - as {@link unpackLlama2} returns them
 */
export function scoresOfLlama2(pieces: PieceList): Float32Array {
  const scores = new Float32Array(pieces.size);
  for (let id = 0; id < pieces.size; id++) {
    const last = pieces.units[(pieces.starts[id + 1] as number) - 1];
    // No piece has a space behind another character, so these are all space.
    scores[id] = last === SPACE ? SPACES_SCORE : -id;
  }
  return scores;
}

/** Unpacks the piece that begins at an index. Returns where the next one begins. */
function unpackWord(start: number, pieces: PieceList): number {
  let to = pieces.begin(LONGEST);
  const { units } = pieces;
  if (WORDS.charCodeAt(start) === BLANK) units[to++] = SPACE;
  let at = start + 1;
  for (; at < WORDS.length; at++) {
    const unit = WORDS.charCodeAt(at);
    if (unit === BLANK || unit === BAR) break;
    const lead = ESCAPES.indexOf(WORDS.charAt(at));
    units[to++] = lead === -1 ? unit : rareUnit(lead, WORDS.charAt(++at));
  }
  pieces.finish(to, NORMAL);
  return at;
}

function rareUnit(lead: number, code: string): number {
  return RARE.charCodeAt(lead * CODES.length + CODES.indexOf(code));
}

function digit(at: number): number {
  return BASE64.indexOf(CHARACTERS.charAt(at));
}
