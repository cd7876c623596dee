import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/main.ts", "src/hono.ts", "src/fastify.ts", "src/proxy.ts"],
  format: ["esm"],
  target: "node20",
  sourcemap: true,
  clean: true,
});
