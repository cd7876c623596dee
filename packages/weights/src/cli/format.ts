import type { MetadataValue } from "../tensors/metadata.ts";

/** What is said where a model of Q4_0 or Q4_1 was made without ggml's library. */
export const OUTPUT_IS_Q8 =
  "The output's matrix has 8 bits: ggml's library, which makes 6, is not there (npm install koffi node-llama-cpp).";

const UNITS = [
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
] as const;

/** A number of bytes for people: `6.74 GB`. */
export function formatBytes(bytes: number): string {
  const [size, unit] = UNITS.find(([least]) => bytes >= least) ?? [1, "B"];
  return `${Number((bytes / size).toPrecision(3))} ${unit}`;
}

/** A number of weights for people: `6.74 B`, for billions. */
export function formatCount(count: number): string {
  const [size, unit] =
    (
      [
        [1e9, " B"],
        [1e6, " M"],
        [1e3, " k"],
      ] as const
    ).find(([least]) => count >= least) ?? ([1, ""] as const);
  return `${Number((count / size).toPrecision(3))}${unit}`;
}

/** Characters of a text that are shown. */
const LONGEST_TEXT = 72;

/** A value of metadata on one line. Texts are quoted: one from a file must not steer the terminal. */
export function formatValue(entry: MetadataValue): string {
  if (entry.type === "array") return `${entry.value.length} x ${entry.elements}`;
  if (entry.type !== "string") return String(entry.value);
  const text = JSON.stringify(entry.value).replace(/[\u007f-\u009f\u2028-\u202e]/g, "?");
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

/** Lines of columns, each as wide as its widest cell; numbers to the right. */
export function formatTable(
  rows: readonly (readonly string[])[],
  rightAligned: readonly number[],
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return rightAligned.includes(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

/** A value of metadata for JSON: long arrays by their length, numbers beyond what JSON's readers hold as texts. */
export function toJsonValue(entry: MetadataValue): unknown {
  if (entry.type === "array") return { array: entry.elements, length: entry.value.length };
  if (typeof entry.value !== "bigint") return entry.value;
  return Number.isSafeInteger(Number(entry.value)) ? Number(entry.value) : String(entry.value);
}
