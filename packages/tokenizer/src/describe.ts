/** A value in a few words, for an error message. Takes anything a JavaScript caller can pass, and never throws. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  const isPlain = value === null || /^[bnu]/.test(typeof value);
  return isPlain ? String(value) : `a value of type ${typeof value}`;
}
