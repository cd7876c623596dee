// Packs what would be published. With pnpm, which alone applies `publishConfig.exports`.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { captureTool } from "./run-tool.mjs";

/**
 * @returns {Promise<string[]>} the paths of the tarballs, one for each published package, until this process ends
 */
export async function packPackages() {
  const folder = temporaryFolder("packed");
  const packages = ["--recursive", "--filter", "./packages/*"];
  const pack = ["pack", "--pack-destination", folder];
  const { code, output } = await captureTool("pnpm", [...packages, ...pack]);
  if (code !== 0) throw new Error(`pnpm pack failed:\n${output}`);
  return readdirSync(folder).map((name) => join(folder, name));
}

/**
 * @param {string} purpose for its name
 * @returns {string} the path of an empty folder that goes when this process ends
 */
export function temporaryFolder(purpose) {
  const folder = mkdtempSync(join(tmpdir(), `llama2-kit-${purpose}-`));
  process.once("exit", () => rmSync(folder, { recursive: true, maxRetries: 3 }));
  return folder;
}
