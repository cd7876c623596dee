import { defineConfig } from "tsup";

export default defineConfig({
  entry: { index: "src/index.ts", cli: "src/cli/main.ts" },
  format: ["esm"],
  target: "es2022",
  // The command has no types to publish.
  dts: { entry: { index: "src/index.ts" } },
  // Optional peers, loaded where K-quants are asked for.
  external: ["koffi", "node-llama-cpp"],
  sourcemap: true,
  clean: true,
});
