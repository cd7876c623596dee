// Whether a character costs the same in a short text and in a long one.
import { writeEnglish } from "./texts.mjs";

const sizes = { "1 KB": 1e3, "10 KB": 1e4, "100 KB": 1e5, "1 MB": 1e6, "10 MB": 1e7 };
const letters = "a".repeat(1e7);

const kinds = {
  "English, novel": (seed, length) => writeEnglish(seed, length),
  "one letter": (_, length) => letters.slice(0, length),
};

/**
 * @param {import("./contestants.mjs").Contestant} contestant
 * @param {{ quick: boolean }} options
 * @returns {import("../report.mjs").Table}
 */
export function measureGrowth(contestant, { quick }) {
  const measured = Object.entries(sizes).filter(([, size]) => !quick || size < 1e7);
  const rows = [];
  for (const [kind, write] of Object.entries(kinds)) {
    const costs = measured.map(([, size]) => costPerCharacter(contestant, write, size, quick));
    rows.push([kind, ...costs, Math.max(...costs) / Math.min(...costs)]);
  }
  return {
    title: "Nanoseconds per character, ours",
    columns: [...measured.map(([name]) => name), "most / least"],
    rows,
    notes: ["medians; English is another text each time"],
  };
}

/** The median of some samples, each of as many texts as make half a megabyte or more. */
function costPerCharacter({ encode }, write, size, quick) {
  const count = Math.max(1, Math.ceil(5e5 / size));
  const samples = [];
  const rounds = size > 1e6 || quick ? 3 : 7;
  for (let round = 0; round < rounds; round++) {
    const seed = size + round * count;
    const texts = Array.from({ length: count }, (_, index) => write(seed + index, size));
    const start = performance.now();
    for (const text of texts) encode(text);
    samples.push((performance.now() - start) / (size * count));
  }
  samples.sort((a, b) => a - b);
  return samples[samples.length >> 1] * 1e6;
}
