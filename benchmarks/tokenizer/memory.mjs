// What our tokenizer keeps of the texts that it has encoded.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./heap-growth.mjs", import.meta.url));
const kibibyte = 1024;
const budgets = { "no cache": 0, "256 KiB": 256 * kibibyte, "4 MiB (default)": 4096 * kibibyte };

/**
 * @param {{ quick: boolean }} options
 * @returns {import("../report.mjs").Table}
 */
export function measureMemory({ quick }) {
  const rows = Object.entries(budgets)
    .slice(quick ? -1 : 0)
    .map(([name, budget]) => {
      const output = execFileSync(process.execPath, ["--expose-gc", program, String(budget)]);
      return [name, ...JSON.parse(output).map((bytes) => (bytes / 2 ** 20).toFixed(2))];
    });
  return {
    title: "Memory more than before, MiB, by cache budget",
    columns: ["10 MB of novel English", "20 MB"],
    rows,
    notes: ["heap and array buffers after a garbage collection; the texts are 100 KB each"],
  };
}
