// llama.cpp's own programs, which take part where they are found. README.md says how to build them.
import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * @typedef {object} Programs paths; undefined for what is not there
 * @property {string | undefined} server
 * @property {string | undefined} batchedBench
 */

/** Our settings, in llama.cpp's words. */
export const ourArguments = ["-t", "1", "-tb", "1", "-b", "128", "-ub", "128", "-fa", "off"];

/**
 * Finds the programs: where the environment variables `LLAMA_SERVER` and `LLAMA_BATCHED_BENCH` say, or in PATH.
 *
 * @returns {Promise<Programs>}
 */
export async function findPrograms() {
  return {
    server: await find("llama-server", process.env.LLAMA_SERVER),
    batchedBench: await find("llama-batched-bench", process.env.LLAMA_BATCHED_BENCH),
  };
}

/**
 * What to know of the programs when reading figures.
 *
 * @param {Programs} programs
 * @returns {Promise<string[]>}
 */
export async function describePrograms({ server, batchedBench }) {
  const missing = [
    ...(server ? [] : ["llama-server"]),
    ...(batchedBench ? [] : ["llama-batched-bench"]),
  ];
  const notes = [];
  if (server) notes.push(`llama-server: ${await versionOf(server)}`);
  if (missing.length > 0) notes.push(`not found, so not compared: ${missing.join(" and ")}`);
  return notes;
}

async function find(name, path) {
  if (path) {
    await access(path, constants.X_OK); // a wrong path is a mistake to hear of
    return path;
  }
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const candidate = join(folder, name);
    const isThere = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return candidate;
  }
}

async function versionOf(program) {
  const { stdout, stderr } = await run(program, ["--version"]);
  const lines = `${stdout}${stderr}`.split("\n").map((line) => line.trim());
  return lines.filter((line) => /^(version|built)/.test(line)).join(", ");
}
