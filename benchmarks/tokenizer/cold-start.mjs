// What a new process has to wait for.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { compare } from "../compare.mjs";
import { loaders } from "./contestants.mjs";

const program = fileURLToPath(new URL("./first-texts.mjs", import.meta.url));
const run = promisify(execFile);

/** By the names that the program gives to its times. */
const titles = {
  load: "New process: import and load",
  message: "New process: then the first chat message",
  page: "New process: then 4 KB of English",
  long: "New process: then 100 KB of English",
};

/**
 * @param {string} folder with the files for peers
 * @param {{ rounds: number, warmUp: number }} options
 * @returns {AsyncGenerator<import("../report.mjs").Case>}
 */
export async function* compareColdStart(folder, options) {
  const names = Object.keys(loaders);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  for (const [what, title] of Object.entries(titles)) {
    const samplers = {};
    for (const name of names) {
      samplers[name] = async (round) => {
        times[name][round] ??= await timeFirstTexts(name, folder);
        return times[name][round][what];
      };
    }
    const results = await compare(samplers, options);
    yield { title, unit: "ms", results };
  }
}

async function timeFirstTexts(name, folder) {
  const { stdout } = await run(process.execPath, [program, name, folder]);
  return JSON.parse(stdout);
}
