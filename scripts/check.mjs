// `npm run check`: everything but the tests that must hold before a change is merged; `npm run check -- lint types`
// for some of it.
import "./bootstrap.mjs";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { exitCode, toolEnvironment } from "./run-tool.mjs";

const root = new URL("../", import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

// The quickest to fail first. Those after the build look at what it made.
const steps = ["lint", "types", "unused", "build", "exports", "size", "docs", "packs"];
const needBuild = ["exports", "size", "packs"];

const started = performance.now();
const chosen = choose(process.argv.slice(2));
for (const step of chosen) await run(step);
console.log(`\nPassed: ${chosen.join(", ")}, in ${seconds(started)}.`);

function choose(names) {
  if (names.length === 0) return steps;
  const unknown = names.filter((name) => !steps.includes(name));
  if (unknown.length > 0) {
    console.error(`There is no step ${unknown.join(", ")}; there are ${steps.join(", ")}.`);
    process.exit(1);
  }
  const build = names.some((name) => needBuild.includes(name)) ? ["build"] : [];
  return steps.filter((step) => [...names, ...build].includes(step));
}

async function run(step) {
  const command = scripts[`check:${step}`] ?? scripts[step];
  console.log(`\n== ${step}: ${command}`);
  const begun = performance.now();
  const child = spawn(command, {
    cwd: root,
    env: toolEnvironment,
    shell: true,
    stdio: ["ignore", "inherit", "inherit"],
  });
  const code = await exitCode(child);
  if (code !== 0) {
    console.error(`\nThe step "${step}" failed. To run it alone: npm run check -- ${step}`);
    process.exit(code);
  }
  console.log(`== ${step}: passed in ${seconds(begun)}`);
}

function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
