import { BYTE, CONTROL, NORMAL, type Pieces, textOf, UNKNOWN } from "./pieces.ts";
import { byteLength } from "./utf8.ts";

/** How SentencePiece writes what is unknown: ` ⁇ `. */
const UNKNOWN_TEXT = " \u2047 ";

/** Bytes that wait for the rest of their character become one each, as in SentencePiece. */
const REPLACEMENT = "\ufffd";

/** Units that are decoded before the parts of their text are put together. */
const FULL = 1 << 11;

/** The text of an id: with spaces for `▁`, and for a byte piece the character whose code is the byte. */
export type SurfaceOf = (id: number) => string;

/** Makes the texts of ids when they are first needed. */
export function makeSurfaces(pieces: Pieces): SurfaceOf {
  const texts: string[] = [];
  const fill = (id: number): string => {
    // Filled from the start on, for an array with holes would be slower to read.
    for (let next = texts.length; next <= id; next++) {
      const name = textOf(pieces, next);
      texts[next] =
        pieces.kinds[next] === BYTE
          ? String.fromCharCode(Number(name.slice(1, -1)) & 0xff)
          : name.replaceAll("▁", " ");
    }
    return texts[id] as string;
  };
  return (id) => texts[id] ?? fill(id);
}

/** Bytes of a character that begins with this one, or 0 if none does. */
function announcedLength(lead: number): number {
  // As many as it has ones in front.
  const ones = Math.clz32(~lead << 24);
  return ones > 1 && ones < 5 ? ones : 0;
}

/** A decoder that says which of several ids was wrong. */
export interface Decoder {
  push(id: number, index?: number): string;
  flush(): string;
}

/**
 * Turns ids into text one by one, as SentencePiece does.
 *
 * @param kinds - what each id is for
 * @param surfaceOf - the text of each id
 * @param checkId - throws if there is no such id
 * @param losesSpace - whether the first space is left out
 * @param showsSpecial - whether special tokens are shown by name
 */
export function makeDecoder(
  kinds: Pieces["kinds"],
  surfaceOf: SurfaceOf,
  checkId: (id: number, index?: number) => void,
  losesSpace: boolean,
  showsSpecial: boolean,
): Decoder {
  // Whether nothing was shown yet. The first piece that is loses one space.
  let isAtStart = losesSpace;
  // Whether the next normal piece is shown as it is: nothing is held back, and nothing taken away.
  let isPlain = false;
  // Of a character that is not complete: the bytes that came, those that it has, and what is known of its number.
  let count = 0;
  let due = 0;
  let point = 0;

  const release = (): string => {
    const text = REPLACEMENT.repeat(count);
    count = 0;
    return text;
  };
  const pushByte = (byte: number): string => {
    let text = "";
    if (count > 0 && (byte & 0xc0) === 0x80) point = (point << 6) | (byte & 0x3f);
    else {
      text = release();
      due = announcedLength(byte);
      point = byte & (0x7f >> due);
    }
    if (++count < due) return text;
    // Not a longer form than needed, no surrogate, and none beyond the last.
    const isValid = byteLength(point) === due && point >> 11 !== 0x1b && point < 0x110000;
    if (!isValid) return text + release();
    count = 0;
    return text + String.fromCodePoint(point);
  };
  const pushOther = (kind: number, text: string): string => {
    if (kind === CONTROL) return release() + (showsSpecial ? text : "");
    const losesFirst = isAtStart && kind !== BYTE && text.startsWith(" ");
    isAtStart = false;
    if (kind === BYTE && text > "\x7f") return pushByte(text.charCodeAt(0));
    if (kind === UNKNOWN && !showsSpecial) return release() + UNKNOWN_TEXT;
    return release() + (losesFirst ? text.slice(1) : text);
  };
  return {
    push(id, index) {
      const kind = kinds[id] as number;
      if (isPlain && kind === NORMAL && typeof id === "number") return surfaceOf(id);
      checkId(id, index);
      isPlain = kind === NORMAL;
      return pushOther(kind, surfaceOf(id));
    },
    flush() {
      isAtStart = losesSpace;
      isPlain = false;
      return release();
    },
  };
}

/**
 * Decodes ids at once.
 *
 * @param decoder - at the beginning of a text
 * @param ids - anything
 */
export function decodeAll({ push, flush }: Decoder, ids: ArrayLike<number>): string {
  let text = "";
  let part = "";
  for (let index = 0; index < ids.length; index++) {
    part += push(ids[index] as number, index);
    if (part.length < FULL) continue;
    // Engines add strings by remembering both, and copy when one is read. A million of them are copied sooner in parts.
    part.charCodeAt(0);
    text += part;
    part = "";
  }
  return text + part + flush();
}
