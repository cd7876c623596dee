import { join } from "node:path";
import { build } from "tsup";

/** Bundles the worker's script from its source, into a folder. */
export async function bundleWorker(folder: string): Promise<string> {
  await bundle({ worker: "job/worker.ts" }, folder, "mjs");
  return join(folder, "worker.mjs");
}

/** Bundles scripts from the package's source, into a folder. */
export async function bundle(
  scripts: Readonly<Record<string, string>>,
  folder: string,
  ending: "js" | "mjs",
): Promise<void> {
  const source = join(import.meta.dirname, "..", "src");
  await build({
    config: false,
    silent: true,
    entry: Object.fromEntries(
      Object.entries(scripts).map(([name, path]) => [name, join(source, path)]),
    ),
    outDir: folder,
    outExtension: () => ({ js: `.${ending}` }),
    format: ["esm"],
    target: "es2022",
    noExternal: [/^@llama2-kit\//],
    external: ["koffi", "node-llama-cpp", "commander", "@huggingface/hub"],
    esbuildOptions: (options) => {
      options.conditions = ["@llama2-kit/source"];
    },
  });
}
