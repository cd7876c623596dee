// Installs the packed packages with npm in a project outside the workspace.
//
// What they depend on from elsewhere is linked from this workspace instead of downloaded, as node-llama-cpp would
// bring 600 MB of binaries. So this checks our packages, offline and in seconds, and not what others publish.
import { execSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));

/**
 * @param {string} project the project's folder, whose `package.json` may have dependencies of its own
 * @param {readonly string[]} tarballs
 * @param {string} [source] the folder of the workspace that the project is a copy of
 */
export function installPacked(project, tarballs, source) {
  const found = externalDependencies();
  const manifest = readJson(join(project, "package.json"));
  for (const kind of ["dependencies", "devDependencies", "optionalDependencies"]) {
    const own = Object.keys(manifest[kind] ?? {}).filter((name) => !isOurs(name));
    for (const name of own) found.set(name, realpathSync(join(source, "node_modules", name)));
    // Ours are named in the command.
    manifest[kind] = Object.fromEntries(own.map((name) => [name, `file:empty/${name}`]));
  }
  const direct = { ...manifest.dependencies, ...manifest.devDependencies };
  const others = [...found.keys()].filter((name) => !(name in direct));
  manifest.overrides = Object.fromEntries(others.map((name) => [name, `file:empty/${name}`]));
  writeJson(join(project, "package.json"), manifest);

  // npm is shown an empty package in place of each dependency from elsewhere, and then the real one is put there.
  for (const [name, path] of found) writeEmpty(join(project, "empty", name), path);
  // Peers are put there as well, and npm's search for their versions among the empty ones may go on for ever.
  const quoted = tarballs.map((path) => `"${path}"`).join(" ");
  execSync(
    `npm install --offline --ignore-scripts --legacy-peer-deps --no-audit --no-fund ${quoted}`,
    {
      cwd: project,
      stdio: ["ignore", "inherit", "inherit"],
    },
  );
  for (const [name, path] of found) {
    const installed = join(project, "node_modules", name);
    // An optional peer dependency is not there, nor is its scope's folder.
    rmSync(installed, { recursive: true, force: true });
    // npm may give a package an empty one of its own, where another package has the same as an optional peer.
    for (const dependent of readdirSync(join(project, "node_modules/@llama2-kit"))) {
      const nested = join(project, "node_modules/@llama2-kit", dependent, "node_modules", name);
      rmSync(nested, { recursive: true, force: true });
    }
    mkdirSync(dirname(installed), { recursive: true });
    symlinkSync(path, installed, "junction");
  }
}

/** Where in this workspace the packages' dependencies from elsewhere are, by name. */
function externalDependencies() {
  const found = new Map();
  for (const folder of readdirSync(packages)) {
    const { dependencies, peerDependencies } = readJson(join(packages, folder, "package.json"));
    for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
      if (isOurs(name)) continue;
      found.set(name, realpathSync(join(packages, folder, "node_modules", name)));
    }
  }
  return found;
}

function isOurs(name) {
  return name.startsWith("@llama2-kit/");
}

/** Its commands are there, so that npm links them. */
function writeEmpty(folder, path) {
  const { name, version, bin } = readJson(join(path, "package.json"));
  writeJson(join(folder, "package.json"), { name, version, bin });
  for (const file of typeof bin === "string" ? [bin] : Object.values(bin ?? {})) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), "");
  }
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Writes a file of JSON, and the folders that it is in. */
export function writeJson(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value, null, 2));
}
