/** Enough of a text to recognise it by, and little enough to read in a log. */
const MAX_QUOTED_LENGTH = 40;

/**
 * A value in a few words, for an error message. Takes anything a JavaScript caller can pass, and never throws.
 *
 * @param value - the value to name
 * @returns a quoted text, cut short; a number or boolean as it is; otherwise the kind of value
 */
export function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return quote(value);
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? "an array" : "an object";
    default:
      return `a ${typeof value}`;
  }
}

function quote(text: string): string {
  const short = text.length > MAX_QUOTED_LENGTH ? `${text.slice(0, MAX_QUOTED_LENGTH)}…` : text;
  // JSON's escapes keep a newline in a value from breaking a log's line.
  return JSON.stringify(short);
}
