import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/gpt.ts", "src/llama2.ts"],
  format: ["esm"],
  target: "es2022",
  dts: true,
  sourcemap: true,
  clean: true,
  // Writes constants out: in a bundle they are variables, which nobody else's minifier replaces.
  esbuildOptions: (options) => {
    options.minifySyntax = true;
  },
});
