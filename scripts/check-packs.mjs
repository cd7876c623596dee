// Checks that the packages work where they end up: packed, then installed with npm in somebody's project.
//
// What they depend on from elsewhere is linked from this workspace instead of downloaded, as node-llama-cpp would
// bring 600 MB of binaries. So this checks our packages, offline and in seconds, and not what others publish.
import { execSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packPackages, temporaryFolder } from "./pack-packages.mjs";
import { captureTool } from "./run-tool.mjs";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));
const project = temporaryFolder("consumer");
cpSync(new URL("consumer/", import.meta.url), project, { recursive: true });

installWithNpm(await packPackages(), externalDependencies());
refuseSourceCondition();
execSync("node chat.js", { cwd: project, stdio: ["ignore", "inherit", "inherit"] });
for (const resolution of ["nodenext", "bundler"]) await typeCheck(resolution);

/** Where in this workspace the packages' dependencies from elsewhere are, by name. */
function externalDependencies() {
  const found = new Map();
  for (const folder of readdirSync(packages)) {
    const { dependencies, peerDependencies } = readJson(join(packages, folder, "package.json"));
    for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
      if (name.startsWith("@llama2-kit/")) continue;
      found.set(name, realpathSync(join(packages, folder, "node_modules", name)));
    }
  }
  return found;
}

/** Shows npm an empty package in place of each dependency from elsewhere, then puts the real one there. */
function installWithNpm(tarballs, dependencies) {
  const overrides = {};
  for (const [name, path] of dependencies) {
    const { version } = readJson(join(path, "package.json"));
    overrides[name] = `file:empty/${name}`;
    writeJson(join(project, "empty", name, "package.json"), { name, version });
  }
  writeJson(join(project, "package.json"), { private: true, type: "module", overrides });

  const quoted = tarballs.map((path) => `"${path}"`).join(" ");
  execSync(`npm install --offline --ignore-scripts --no-audit --no-fund ${quoted}`, {
    cwd: project,
    stdio: ["ignore", "inherit", "inherit"],
  });

  const ours = join(project, "node_modules/@llama2-kit");
  for (const [name, path] of dependencies) {
    // npm may give a package its own empty one, where another has the same as an optional peer.
    for (const dependent of readdirSync(ours)) {
      rmSync(join(ours, dependent, "node_modules", name), { recursive: true, force: true });
    }
    const installed = join(project, "node_modules", name);
    // An optional peer dependency is not there, nor is its scope's folder.
    rmSync(installed, { recursive: true, force: true });
    mkdirSync(dirname(installed), { recursive: true });
    symlinkSync(path, installed, "junction");
  }
}

/** Only pnpm drops it from a package's exports; a tool that follows it would run our TypeScript. */
function refuseSourceCondition() {
  const installed = join(project, "node_modules/@llama2-kit");
  for (const name of readdirSync(installed, { recursive: true })) {
    const path = join(installed, name);
    if (statSync(path).isFile() && readFileSync(path).includes("@llama2-kit/source")) {
      throw new Error(
        `@llama2-kit/${name} mentions the workspace's own "@llama2-kit/source" condition`,
      );
    }
  }
}

async function typeCheck(moduleResolution) {
  writeJson(join(project, "tsconfig.json"), {
    compilerOptions: {
      module: moduleResolution === "nodenext" ? "nodenext" : "esnext",
      moduleResolution,
      target: "es2022",
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: ["node"],
      typeRoots: [fileURLToPath(new URL("../node_modules/@types", import.meta.url))],
    },
    files: ["chat.ts"],
  });
  const { code, output } = await captureTool("typescript", ["-p", project]);
  // Some of what others publish lacks the types it imports itself. That is theirs, and lies in pnpm's folder.
  const errors = String(output)
    .split("\n")
    .filter((line) => line.includes("error TS"));
  const ours = errors.filter((line) => !line.includes("node_modules/.pnpm/"));
  if (code === 0 || (errors.length > 0 && ours.length === 0)) return;
  throw new Error(`TypeScript cannot use the packages under ${moduleResolution}:\n${output}`);
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

function writeJson(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value, null, 2));
}
