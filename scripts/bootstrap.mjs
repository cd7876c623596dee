// Importing this installs the workspace's dependencies, on a machine that has only Node and npm,
// and does nothing when they are in place. It must use nothing but what Node brings.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(
    `llama2-kit needs Node 20.19 or newer, and this is ${process.version}: see https://nodejs.org`,
  );
}

// Written only after an install has succeeded, and gone before the next begins: so an interrupted
// one is noticed, which pnpm's own files do not allow. Content, as Git sets times at will.
const stamp = new URL("node_modules/.llama2-kit-installed", root);
const wanted = createHash("sha256").update(read("pnpm-lock.yaml")).digest("hex");

if (installed() !== wanted) install();

function installed() {
  try {
    return readFileSync(stamp, "utf8");
  } catch {
    return undefined;
  }
}

function install() {
  rmSync(stamp, { force: true });
  const { packageManager } = JSON.parse(read("package.json"));
  // What `npm run --silent` asks of npm would silence pnpm's errors too.
  const { npm_config_loglevel: _, ...env } = process.env;
  console.error("Installing the dependencies (only needed once) ...");
  // A command line, as only a shell finds npx on Windows. Without a terminal pnpm would refuse to replace
  // a node_modules that it did not write.
  const { status } = spawnSync(
    `npx --yes ${packageManager} install --frozen-lockfile --config.confirmModulesPurge=false`,
    { cwd: root, env, shell: true, stdio: ["ignore", 2, 2] },
  );
  if (status !== 0) {
    fail(
      "The dependencies could not be installed (see above). Check the network, then run the same command again.",
    );
  }
  writeFileSync(stamp, wanted);
}

function fail(message) {
  console.error(`\n${message}`);
  process.exit(1);
}
