/** A number of bytes for people: `6.74 GB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, [" GB", " MB", " kB", " B"]);
}

/** A number for people: `4.1 M`. */
export function formatCount(count: number): string {
  return scaled(count, [" G", " M", " k", ""]);
}

function scaled(number: number, units: readonly string[]): string {
  const power = [9, 6, 3].findIndex((digits) => number >= 10 ** digits);
  const index = power < 0 ? 3 : power;
  return `${Number((number / 1000 ** (3 - index)).toPrecision(3))}${units[index]}`;
}

/** Seconds for people: `1 h 05 min`, `3 min 20 s`, `8 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  if (minutes > 0) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${whole} s`;
}

/** A text without what would steer the terminal: datasets come from anywhere. */
export function printable(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, "?");
}
