import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    node: "src/node/index.ts",
    routes: "src/own-routes.ts",
    cli: "src/cli/main.ts",
  },
  format: ["esm"],
  target: "es2022",
  // The command has no types to publish. Node's are for `./node`; tsconfig.json checks that the rest needs none.
  dts: {
    entry: { index: "src/index.ts", node: "src/node/index.ts", routes: "src/own-routes.ts" },
    compilerOptions: { types: ["node"] },
  },
  // The command loads these when it is told to run a model; the library never does.
  external: ["@llama2-kit/client", "@llama2-kit/cria", "@llama2-kit/inference"],
  sourcemap: true,
  clean: true,
});
