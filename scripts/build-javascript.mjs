// Builds what it takes to run something, and says nothing where that is up to date.
import { captureTool } from "./run-tool.mjs";

/** Shorter builds than this, in milliseconds, need no announcement. */
const patience = 500;

/**
 * Builds the JavaScript of some packages and of all that they depend on. Types would take three times as long,
 * and nothing that runs needs them.
 *
 * @param {string} packages in the terms of turbo's `--filter`, such as `./examples/*`
 */
export async function buildJavaScript(packages) {
  const announcement = setTimeout(() => console.error("Building ..."), patience);
  const { code, output } = await captureTool("turbo", [
    "run",
    "build",
    `--filter=${packages}...`,
    "--output-logs=new-only",
    "--",
    "--no-dts",
  ]);
  clearTimeout(announcement);
  if (code === 0) return;
  if (code === 130) process.exit(code); // Ctrl-C
  process.stderr.write(output);
  console.error("\nThe build failed (see above).");
  process.exit(code);
}
