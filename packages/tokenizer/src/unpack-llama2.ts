import { byteName } from "./byte-pieces.ts";
import { CHARACTERS, RARE, WORDS } from "./llama2-pieces.ts";
import { BYTE, CONTROL, NORMAL, type Pieces, SPACE, UNKNOWN } from "./pieces.ts";

const COUNT = 32_000;

/** More than the 190,000 units of all pieces. */
const MAX_TOTAL_UNITS = 1 << 18;

/** What separates pieces: a blank before one with ▁ in front, a bar before any other. */
const BLANK = 0x20;
const BAR = 0x7c;

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** A character of `RARE` is written as an escape and a code. Each escape has all codes. */
const ESCAPES = "~`^";
const CODES =
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'()*+,-./0123456789:;<=>?@[]_{}";

/**
 * Unpacks the 32,000 pieces. Before a piece of several characters there is a blank, which stands for a `▁` that it
 * begins with, or a bar. A piece of one character is its code point, as three digits of base 64.
 */
export function unpackLlama2(): Pieces {
  const names = ["<unk>", "<s>", "</s>"];
  const kinds = new Uint8Array(COUNT).fill(NORMAL);
  kinds.set([UNKNOWN, CONTROL, CONTROL]);
  for (let byte = 0; byte < 256; byte++) kinds[names.push(byteName(byte)) - 1] = BYTE;
  const units = new Uint16Array(MAX_TOTAL_UNITS);
  const starts = new Int32Array(COUNT + 1);
  let id = 0;
  let end = 0;
  const put = (text: string): void => {
    starts[id++] = end;
    for (let at = 0; at < text.length; at++) units[end++] = text.charCodeAt(at);
  };
  names.forEach(put);
  const rows = rowsOfEscapes();
  const columns = columnsOfCodes();
  for (let at = 0; at < WORDS.length; at++) {
    const unit = WORDS.charCodeAt(at);
    const row = rows[unit] as number;
    if (row !== -1) {
      units[end++] = RARE.charCodeAt(row + (columns[WORDS.charCodeAt(++at)] as number));
    } else if (unit !== BLANK && unit !== BAR) units[end++] = unit;
    else {
      starts[id++] = end;
      if (unit === BLANK) units[end++] = SPACE;
    }
  }
  for (let at = 0; at < CHARACTERS.length; at += 3) {
    put(String.fromCodePoint((digit(at) << 12) | (digit(at + 1) << 6) | digit(at + 2)));
  }
  starts[id] = end;
  return { units: units.slice(0, end), starts, kinds };
}

/** Where in `RARE` the characters begin that are written with a unit in front; -1 for a unit that is no escape. */
function rowsOfEscapes(): Int32Array {
  const rows = new Int32Array(128).fill(-1);
  for (let lead = 0; lead < ESCAPES.length; lead++) {
    rows[ESCAPES.charCodeAt(lead)] = lead * CODES.length;
  }
  return rows;
}

/** Which of the codes a unit is. */
function columnsOfCodes(): Uint8Array {
  const columns = new Uint8Array(128);
  for (let at = 0; at < CODES.length; at++) columns[CODES.charCodeAt(at)] = at;
  return columns;
}

/** The rank of each piece: they are in the order in which they were learned, but for those that are all space. */
export function ranksOfLlama2({ units, starts }: Pieces): Int32Array {
  const ranks = new Int32Array(COUNT);
  for (let id = 0; id < COUNT; id++) {
    // No piece has a space behind another character, so those that end with one are all space. They merge last.
    ranks[id] = units[(starts[id + 1] as number) - 1] === SPACE ? COUNT : id;
  }
  return ranks;
}

function digit(at: number): number {
  return BASE64.indexOf(CHARACTERS.charAt(at));
}
