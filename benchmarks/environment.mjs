// What figures depend on besides the code that is measured.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/**
 * Describes the machine, and the versions of all that takes part.
 *
 * @returns {Record<string, unknown>} for the JSON of a result
 */
export function describeEnvironment() {
  return {
    date: new Date().toISOString(),
    commit: commitOfPackages(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadAverage: loadavg().map((load) => Math.round(load * 100) / 100),
    packages: Object.fromEntries(dependencies().map((name) => [name, versionOf(name)])),
  };
}

function dependencies() {
  const { devDependencies } = readJson(new URL("./package.json", import.meta.url));
  return Object.keys(devDependencies);
}

/** Not every package exports its package.json, so this looks above what it does export. */
function versionOf(name) {
  let folder = new URL("./", import.meta.resolve(name));
  while (folder.pathname !== "/") {
    const file = new URL("./package.json", folder);
    const found = existsSync(file) ? readJson(file) : {};
    if (found.name === name) return found.version;
    folder = new URL("../", folder);
  }
  return "unknown";
}

function readJson(url) {
  return JSON.parse(readFileSync(url, "utf8"));
}

/** Our packages change more often than their versions. */
function commitOfPackages() {
  const packages = fileURLToPath(new URL("../packages", import.meta.url));
  const git = (...args) =>
    execFileSync("git", ["-C", packages, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
  try {
    const commit = git("rev-parse", "--short", "HEAD");
    const changed = git("status", "--porcelain", "--", "*/src", "*/package.json") !== "";
    return changed ? `${commit} with changes` : commit;
  } catch {
    return "unknown";
  }
}
