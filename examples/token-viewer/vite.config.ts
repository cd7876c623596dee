import { defineConfig } from "vite";

export default defineConfig({
  // Relative addresses, so that the page can be put into any folder of a web server.
  base: "./",
  build: { target: "es2022" },
});
