// Shows results to people, and keeps them for programs.
import { mkdir, writeFile } from "node:fs/promises";

/**
 * @typedef {object} Case something that is compared
 * @property {string} title
 * @property {"ms" | "tokens/s" | "MB/s"} unit of the results
 * @property {import("./compare.mjs").Result[]} results
 * @property {string[]} [notes] what to know when reading the figures: where contestants differ, what is left out
 */

/**
 * @typedef {object} Table figures that are not compared in rounds
 * @property {string} title
 * @property {string[]} columns
 * @property {(string | number)[][]} rows a name, and then a figure for each column
 * @property {string[]} [notes]
 */

/**
 * Prints a case as a table, or a table.
 *
 * @param {Case | Table} measured
 */
export function printCase(measured) {
  const table = "rows" in measured ? measured : tableOf(measured);
  const heading = [table.title, ...table.columns];
  const rows = table.rows.map((row) =>
    row.map((cell) => (typeof cell === "number" ? digits(cell) : cell)),
  );
  printRows([heading, ...rows]);
  for (const note of table.notes ?? []) console.log(`  - ${note}`);
  console.log();
}

/** @returns {Table} */
function tableOf({ title, unit, results, notes }) {
  const { scale, label } = chooseScale(unit, results);
  const rows = results.map(({ name, median, min, max, ratio }) => [
    name,
    digits(median * scale),
    `${digits(min * scale)} to ${digits(max * scale)}`,
    `${digits(ratio)} x`,
  ]);
  return { title, columns: [label, "min to max", "ratio"], rows, notes };
}

function printRows(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    console.log(cells.join("   "));
  }
}

/**
 * Keeps the results of a benchmark in `results/<name>.json`.
 *
 * @param {string} name of the benchmark
 * @param {Record<string, unknown>} environment
 * @param {(Case | Table)[]} cases
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
  if (number === 0) return "0";
  return number >= 100 ? number.toFixed(0) : number.toPrecision(3);
}

function roundNumbers(_key, value) {
  return typeof value === "number" ? Number(value.toPrecision(5)) : value;
}
