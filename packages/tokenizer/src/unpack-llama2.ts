import { CHARACTERS, RARE, WORDS } from "./llama2-pieces.ts";
import { BYTE, CONTROL, NORMAL, PieceList, SPACE, UNKNOWN } from "./pieces.ts";

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** The codes that stand behind an escape, in the order of `RARE`: first all of them behind `~`, then behind a backtick. */
const CODES =
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'()*+,-./0123456789:;<=>?@[]^_{|}";
const TILDE = 0x7e;
const BACKTICK = 0x60;
const BLANK = 0x20;
const NEWLINE = 0x0a;
const LONGEST = 16;

/** The pieces of 2 to 16 spaces and the one of a single space come last, whatever their ids. All have this score. */
const SPACES_SCORE = -1e9;

/**
 * Unpacks the 32,000 pieces. A piece of several characters begins with a blank where the piece begins with `▁`, and
 * with a newline otherwise. A character beyond ASCII is an escape and a code; an escape twice is itself.
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
    if (unit === BLANK || unit === NEWLINE) break;
    const isEscape = unit === TILDE || unit === BACKTICK;
    units[to++] = isEscape ? unescape(unit, WORDS.charCodeAt(++at)) : unit;
  }
  pieces.finish(to, NORMAL);
  return at;
}

function unescape(escape: number, code: number): number {
  if (code === escape) return escape;
  const index = CODES.indexOf(String.fromCharCode(code));
  return RARE.charCodeAt(escape === TILDE ? index : CODES.length + index);
}

function digit(at: number): number {
  return BASE64.indexOf(CHARACTERS.charAt(at));
}
