// Checks that the packages work where they end up: packed, then installed with npm in somebody's project, and in copies
// of the examples.
import { execSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installPacked, writeJson } from "./install-packed.mjs";
import { packPackages, temporaryFolder } from "./pack-packages.mjs";
import { captureTool } from "./run-tool.mjs";

/** Examples that are copied out of the repository, and what must then work. */
const EXAMPLES = {
  "web-chat": "npm test",
  "node-script": "npm start",
  "browser-page": "npm run build",
};

const tarballs = await packPackages();
const project = temporaryFolder("consumer");
cpSync(new URL("consumer/", import.meta.url), project, { recursive: true });
writeJson(join(project, "package.json"), { private: true, type: "module" });
installPacked(project, tarballs);
refuseSourceCondition();
run("node chat.js", project);
run("node train.js", project);
for (const resolution of ["nodenext", "bundler"]) await typeCheck(resolution);
for (const [name, command] of Object.entries(EXAMPLES)) runCopy(name, command);

function run(command, cwd) {
  execSync(command, { cwd, stdio: ["ignore", "inherit", "inherit"] });
}

/** Does what an example's README says: copies the folder, installs, starts. */
function runCopy(name, command) {
  const source = fileURLToPath(new URL(`../examples/${name}`, import.meta.url));
  const copy = temporaryFolder(name);
  const left = ["node_modules", "dist", ".turbo"].map((folder) => join(source, folder));
  cpSync(source, copy, { recursive: true, filter: (path) => !left.includes(path) });
  installPacked(copy, tarballs, source);
  run(command, copy);
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
