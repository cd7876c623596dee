/**
 * Reads one character the way SentencePiece does: overlong forms, surrogates and numbers above U+10FFFF are
 * invalid, and what is invalid is so byte by byte.
 *
 * @param bytes - UTF-8, or anything else
 * @param at - where the character begins
 * @param end - where the bytes end
 * @returns the code point, or -1 if no valid character begins there
 */
export function readCodePoint(bytes: Uint8Array, at: number, end: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return lead;
  const length = sequenceLength(lead);
  if (length === 1 || at + length > end) return -1;
  let point = lead & (0x7f >> length);
  for (let offset = 1; offset < length; offset++) {
    const byte = bytes[at + offset] as number;
    if ((byte & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (byte & 0x3f);
  }
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point < smallestOfLength(length) || point > 0x10ffff || isSurrogate ? -1 : point;
}

/** Bytes in the sequence that a byte announces: 1 to 4. 1 also for a byte that begins none. */
export function sequenceLength(lead: number): number {
  if ((lead & 0xe0) === 0xc0) return 2;
  if ((lead & 0xf0) === 0xe0) return 3;
  return (lead & 0xf8) === 0xf0 ? 4 : 1;
}

/** Bytes that a code point takes in UTF-8: 1 to 4. */
export function byteLength(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

/** The byte of a code point's UTF-8 at an index, where the whole has a length. */
export function byteAt(point: number, index: number, length: number): number {
  if (length === 1) return point;
  const bits = (point >> (6 * (length - 1 - index))) & 0xff;
  return index === 0 ? ((0xf00 >> length) & 0xff) | bits : 0x80 | (bits & 0x3f);
}

function smallestOfLength(length: number): number {
  if (length === 2) return 0x80;
  return length === 3 ? 0x800 : 0x10000;
}
