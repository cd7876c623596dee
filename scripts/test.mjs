// `npm test`: packages are tested from source, but the tests of the examples start what is built.
import "./bootstrap.mjs";
import { buildJavaScript } from "./build-javascript.mjs";
import { exitCode, spawnTool } from "./run-tool.mjs";

await buildJavaScript("./examples/*");
process.exitCode = await exitCode(spawnTool("vitest", ["run", ...process.argv.slice(2)]));
