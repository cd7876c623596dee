import { join } from "node:path";
import { build } from "tsup";

/** Bundles the worker's script from its source, into a folder. */
export async function bundleWorker(folder: string): Promise<string> {
  await build({
    config: false,
    silent: true,
    entry: { worker: join(import.meta.dirname, "..", "src", "job", "worker.ts") },
    outDir: folder,
    outExtension: () => ({ js: ".mjs" }),
    format: ["esm"],
    target: "es2022",
    noExternal: [/^@llama2-kit\//],
    external: ["koffi", "node-llama-cpp"],
    esbuildOptions: (options) => {
      options.conditions = ["@llama2-kit/source"];
    },
  });
  return join(folder, "worker.mjs");
}
