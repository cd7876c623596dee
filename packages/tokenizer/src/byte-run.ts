import { readCodePoint, sequenceLength } from "./utf8.ts";

/** Byte pieces that follow one another, and the characters they make. */
export interface ByteRun {
  /** Adds a byte. Returns the characters that are certain now; a character that may go on is held back. */
  push(byte: number): string;
  /** Ends the run. Returns the characters that were held back. */
  flush(): string;
}

/**
 * Each byte that is part of no valid character becomes U+FFFD, as in SentencePiece; `TextDecoder` makes one of
 * several.
 */
export function byteRun(): ByteRun {
  const bytes = new Uint8Array(4);
  let count = 0;

  /** Whether the bytes from an index on could be the beginning of a longer character. */
  const mayGoOn = (at: number): boolean => {
    if (count - at >= sequenceLength(bytes[at] as number)) return false;
    for (let next = at + 1; next < count; next++) {
      if (((bytes[next] as number) & 0xc0) !== 0x80) return false;
    }
    return true;
  };

  const take = (isLast: boolean): string => {
    let text = "";
    let at = 0;
    while (at < count && (isLast || !mayGoOn(at))) {
      const point = readCodePoint(bytes, at, count);
      text += point === -1 ? "\ufffd" : String.fromCodePoint(point);
      at += point === -1 ? 1 : sequenceLength(bytes[at] as number);
    }
    bytes.copyWithin(0, at, count);
    count -= at;
    return text;
  };

  return {
    push(byte) {
      if (count === 0 && byte < 0x80) return String.fromCharCode(byte);
      bytes[count++] = byte;
      return take(false);
    },
    flush: () => (count === 0 ? "" : take(true)),
  };
}
