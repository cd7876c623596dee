// What a page downloads with a client.
import { builtinModules } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/** What an app imports. */
const apps = {
  "llama2-kit, OpenAI's protocol alone": `export { createClient } from "@llama2-kit/client/openai";`,
  "llama2-kit, all dialects": `export { createClient } from "@llama2-kit/client";`,
  openai: `export { default } from "openai";`,
  "AI SDK": `export { streamText } from "ai";
    export { createOpenAICompatible } from "@ai-sdk/openai-compatible";`,
  "@huggingface/inference": `export { InferenceClient } from "@huggingface/inference";`,
  "@langchain/openai": `export { ChatOpenAI } from "@langchain/openai";`,
  ollama: `export { Ollama } from "ollama/browser";`,
};

/** @returns {Promise<import("../report.mjs").Table>} */
export async function measureSizes() {
  const rows = [];
  for (const [name, code] of Object.entries(apps)) rows.push([name, await gzippedSize(code)]);
  return { title: "Size in kB, minified and gzipped", columns: ["code"], rows };
}

async function gzippedSize(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: dirname(fileURLToPath(import.meta.url)) },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    write: false,
    external: [...builtinModules, ...builtinModules.map((name) => `node:${name}`)],
    logLevel: "error",
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length / 1000;
}
