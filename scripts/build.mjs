// `npm run build`: builds every package, with types. What it says goes to stderr, as all that comes before an app does.
import "./bootstrap.mjs";
import { exitCode, spawnTool } from "./run-tool.mjs";

const args = ["run", "build", "--output-logs=new-only", ...process.argv.slice(2)];
process.exitCode = await exitCode(spawnTool("turbo", args, { stdio: ["ignore", 2, 2] }));
