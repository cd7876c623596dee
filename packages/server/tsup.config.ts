import { defineConfig } from "tsup";

export default defineConfig([
  {
    entry: { index: "src/index.ts", node: "src/node/index.ts" },
    format: ["esm"],
    target: "es2022",
    dts: true,
    sourcemap: true,
  },
  {
    // The command has no types to publish.
    entry: { cli: "src/cli/main.ts" },
    format: ["esm"],
    target: "es2022",
    sourcemap: true,
  },
]);
