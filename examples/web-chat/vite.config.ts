import { defineConfig } from "vite";

/** Where `npm start` listens, for `npm run dev`: the page is then Vite's, and what it asks goes there. */
const SERVER = "http://127.0.0.1:8080";
const proxy = { target: SERVER, changeOrigin: true, headers: { origin: SERVER } };

export default defineConfig(({ isSsrBuild }) => ({
  logLevel: "warn",
  build: {
    target: isSsrBuild ? "node20" : "es2022",
    outDir: "dist/page",
    emptyOutDir: true,
    sourcemap: isSsrBuild === true,
  },
  // The server loads its packages when it runs, also those that a workspace links.
  ssr: { external: true },
  server: { proxy: { "/app": proxy, "/v1": proxy } },
}));
