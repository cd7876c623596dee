// `npm run check`: everything short of the tests that must hold before a change is merged.
import "./bootstrap.mjs";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { exitCode, toolEnvironment } from "./run-tool.mjs";

const root = new URL("../", import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

// The cheap ones first; those that look at what is published need the build.
const steps = [
  "check:lint",
  "check:types",
  "check:unused",
  "build",
  "check:exports",
  "check:size",
  "check:docs",
  "check:packs",
];

const started = performance.now();
for (const step of steps) {
  console.log(`\n== ${step.replace("check:", "")}: ${scripts[step]}`);
  const begun = performance.now();
  const child = spawn(scripts[step], {
    cwd: root,
    env: toolEnvironment,
    shell: true,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const code = await exitCode(child);
  if (code !== 0) {
    console.error(`\nThe step "${step}" failed. To run it alone: npm run ${step}`);
    process.exit(code);
  }
  console.log(`   ${seconds(begun)}`);
}
console.log(`\nAll ${steps.length} checks passed in ${seconds(started)}.`);

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
