import { defineConfig, type Plugin } from "vite";

/** Where `npm start` listens, for `npm run dev`: the page is then Vite's, and what it asks goes there. */
const SERVER = "http://127.0.0.1:8080";
const proxy = { target: SERVER, changeOrigin: true, headers: { origin: SERVER } };

/** What follows the classes in marked's file: it makes a parser at once, so a bundler would have to keep all of them. */
const PARSER = /var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse.*?(\w+) as Lexer.*$/s;

/** The page takes nothing of marked but its lexer: it draws what that has read itself. */
const lexerOfMarked: Plugin = {
  name: "lexer-of-marked",
  transform: {
    filter: { id: /marked\.esm\.js$/ },
    handler: (code) => code.replace(PARSER, "export{$2 as Lexer};"),
  },
};

export default defineConfig(({ isSsrBuild }) => ({
  logLevel: "warn",
  plugins: [lexerOfMarked],
  build: {
    target: isSsrBuild ? "node20" : "es2022",
    outDir: "dist/page",
    emptyOutDir: true,
    sourcemap: isSsrBuild === true,
    // What is loaded late is small, and every browser that runs the page preloads by itself.
    modulePreload: false,
  },
  // The server loads its packages when it runs, also those that a workspace links.
  ssr: { external: true },
  server: { proxy: { "/app": proxy, "/v1": proxy } },
}));
