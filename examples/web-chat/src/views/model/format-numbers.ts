const BYTES = ["bytes", "kB", "MB", "GB", "TB"] as const;
const COUNTS = ["", " thousand", " million", " billion"] as const;

/** A number of bytes for people: `9.9 MB`. */
export function formatBytes(bytes: number): string {
  return scale(bytes, BYTES, " ");
}

/** A large number for people: `8.6 million`. */
export function formatCount(count: number): string {
  return scale(count, COUNTS, "");
}

function scale(value: number, units: readonly string[], gap: string): string {
  let rest = value;
  let unit = 0;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit++;
  }
  const digits = unit === 0 || rest >= 100 ? 0 : 1;
  return `${rest.toFixed(digits)}${gap}${units[unit]}`;
}
