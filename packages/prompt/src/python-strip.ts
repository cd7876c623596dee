/**
 * Python's `str.strip`, which Meta's code calls on every message. JavaScript's `trim` is not the same: it leaves
 * U+001C-U+001F and U+0085, and takes U+FEFF. And it is an index loop because `/\s+$/` takes quadratic time on
 * a text with long runs of spaces inside.
 */

/**
 * @param text - any text
 * @returns the text without the white space at both ends, as Python's `text.strip()`
 */
export function strip(text: string): string {
  return stripStart(stripEnd(text));
}

/**
 * @param text - any text
 * @returns the text without the white space at its beginning, as Python's `text.lstrip()`
 */
export function stripStart(text: string): string {
  let start = 0;
  while (start < text.length && isPythonSpace(text.charCodeAt(start))) start++;
  return text.slice(start);
}

/**
 * @param text - any text
 * @returns the text without the white space at its end, as Python's `text.rstrip()`
 */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isPythonSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Python's `str.isspace`. All 29 code points lie in the Basic Multilingual Plane, so code units serve. */
function isPythonSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 9 && unit <= 13) || (unit >= 28 && unit <= 31);
  if (unit < 0x2000) return unit === 0x85 || unit === 0xa0 || unit === 0x1680;
  return unit <= 0x200a || OTHER_SPACES.has(unit);
}

/** Line and paragraph separator, narrow no-break, medium mathematical and ideographic space. */
const OTHER_SPACES: ReadonlySet<number> = new Set([0x2028, 0x2029, 0x202f, 0x205f, 0x3000]);
