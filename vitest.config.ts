import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["@llama2-kit/source", "module", "node", "development|production"] },
  ssr: {
    resolve: { conditions: ["@llama2-kit/source", "module", "node", "development|production"] },
  },
  test: {
    projects: [
      { extends: true, test: { name: "unit", include: ["packages/*/test/**/*.test.ts"] } },
    ],
    coverage: { include: ["packages/*/src/**"] },
  },
});
