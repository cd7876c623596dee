import { defineConfig } from "vitest/config";

// The first condition leads to a package's source, so that its tests and those of its dependents need no build.
const conditions = ["@llama2-kit/source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "packages/cria/recipe/test/**/*.test.ts",
      "examples/*/test/**/*.test.ts",
      "scripts/test/**/*.test.ts",
    ],
    // All processors: most of the time goes to waiting for models to load, not to tests that would compete.
    maxWorkers: "100%",
    // Files share a worker's modules, as importing node-llama-cpp anew for each would take a third of the time. So a
    // test must put back what it changes.
    isolate: false,
    // Only what hangs is to fail: a model may take its time to load on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 60_000 } },
    coverage: { include: ["packages/*/src/**"] },
  },
});
