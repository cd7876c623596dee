// Shows results to people, and keeps them for programs.
import { mkdir, writeFile } from "node:fs/promises";

/**
 * @typedef {object} Case something that is compared
 * @property {string} title
 * @property {"ms" | "tokens/s"} unit of the results
 * @property {import("./compare.mjs").Result[]} results
 * @property {string[]} [notes] what to know when reading the figures: where contestants differ, what is left out
 */

/**
 * Prints a case as a table.
 *
 * @param {Case} measured
 */
export function printCase({ title, unit, results, notes = [] }) {
  const { scale, label } = chooseScale(unit, results);
  const rows = results.map(({ name, median, min, max, ratio }) => [
    name,
    digits(median * scale),
    `${digits(min * scale)} to ${digits(max * scale)}`,
    `${digits(ratio)} x`,
  ]);
  const heading = [title, label, "min to max", "ratio"];
  const widths = heading.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column].length)),
  );
  for (const row of [heading, ...rows]) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    console.log(cells.join("   "));
  }
  for (const note of notes) console.log(`  - ${note}`);
  console.log();
}

/**
 * Keeps the results of a benchmark in `results/<name>.json`.
 *
 * @param {string} name of the benchmark
 * @param {Record<string, unknown>} environment
 * @param {Case[]} cases
 */
export async function keepResults(name, environment, cases) {
  const folder = new URL("./results/", import.meta.url);
  const json = JSON.stringify({ benchmark: name, environment, cases }, roundNumbers, 2);
  // An array of numbers reads better on one line.
  const compact = json.replace(/\[[-\d.,\s]+\]/g, (array) => array.replace(/\s+/g, " "));
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`./${name}.json`, folder), `${compact}\n`);
}

function chooseScale(unit, results) {
  const smallest = Math.min(...results.map(({ median }) => median));
  return unit === "ms" && smallest < 0.1 ? { scale: 1000, label: "µs" } : { scale: 1, label: unit };
}

/** Three significant digits, and no exponent. */
function digits(number) {
  return number >= 100 ? number.toFixed(0) : number.toPrecision(3);
}

function roundNumbers(_key, value) {
  return typeof value === "number" ? Number(value.toPrecision(5)) : value;
}
