import { defineConfig } from "vite";
import { lexerOfMarked } from "./src/markdown/lexer-of-marked.ts";

/** Where `npm start` listens, for `npm run dev`: the page is then Vite's, and what it asks goes there. */
const SERVER = "http://127.0.0.1:8080";
const proxy = { target: SERVER, changeOrigin: true, headers: { origin: SERVER } };

export default defineConfig(({ isSsrBuild }) => ({
  logLevel: "warn",
  plugins: [lexerOfMarked],
  oxc: {
    // What is written `jsx(tag, { children: [a, b] })` otherwise: a hundredth of the page.
    jsx: { runtime: "classic", pragma: "createElement", pragmaFrag: "Parts" },
    jsxInject: 'import { createElement, Fragment as Parts } from "preact";',
  },
  build: {
    target: isSsrBuild ? "node20" : "es2022",
    outDir: "dist/page",
    emptyOutDir: true,
    sourcemap: isSsrBuild === true,
    // All scripts are one file: there is nothing to load ahead.
    modulePreload: false,
  },
  // The server loads its packages when it runs, also those that a workspace links.
  ssr: { external: true },
  server: { proxy: { "/app": proxy, "/v1": proxy } },
}));
