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
