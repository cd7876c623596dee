/**
 * A value in a few words, for an error message. Takes anything a JavaScript caller can pass, and never throws.
 *
 * @returns a quoted text, cut short; a number or boolean as it is; otherwise the kind of value
 */
export function describe(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  }
  if (value === null || typeof value === "undefined") return String(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}
