// `node scripts/launch.mjs examples/terminal-chat/dist/main.js --its --arguments`: builds what the program needs,
// then becomes it. In this same process, so that input, signals and exit code are its own, and it starts sooner.
import "./bootstrap.mjs";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { buildJavaScript } from "./build-javascript.mjs";

const [, , program] = process.argv;
await buildJavaScript(`./${folderOfPackage(program)}`);

const main = new URL(`../${program}`, import.meta.url);
if (!existsSync(main)) {
  console.error(`${program} does not exist, so there is nothing to start.`);
  process.exit(1);
}
process.argv.splice(1, 2, fileURLToPath(main));
// npm moves to the root of the workspace; a path among the arguments is meant from where it was typed.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
mergeInterrupts();
await import(main.href);

function folderOfPackage(path) {
  const folder = dirname(path);
  const isPackage = existsSync(new URL(`../${folder}/package.json`, import.meta.url));
  return isPackage || folder === "." ? folder : folderOfPackage(folder);
}

/**
 * The terminal sends Ctrl-C to every process, and npm passes its own on: where its shell is bash, one Ctrl-C
 * arrives here twice, and a program that quits at the second would quit at the first.
 */
function mergeInterrupts() {
  const { emit } = process;
  let last = Number.NEGATIVE_INFINITY;
  process.emit = (event, ...args) => {
    if (event === "SIGINT") {
      const isEcho = performance.now() - last < 50;
      last = performance.now();
      if (isEcho) return true;
    }
    return emit.call(process, event, ...args);
  };
}
