// What an app downloads with a tokenizer.

import { readdir, readFile, stat } from "node:fs/promises";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { ours } from "./contestants.mjs";

/** What an app imports, and the file that it loads besides. */
const apps = {
  [`${ours}, with the vocabulary`]: {
    code: `export { llama2Tokenizer } from "@llama2-kit/tokenizer/llama2";`,
  },
  [`${ours}, for a tokenizer.model`]: {
    code: `export { loadTokenizer } from "@llama2-kit/tokenizer";`,
    file: "tokenizer.model",
  },
  "llama-tokenizer-js": { code: `export { default } from "llama-tokenizer-js";` },
  "@huggingface/tokenizers": {
    code: `export { Tokenizer } from "@huggingface/tokenizers";`,
    file: "tokenizer.json",
  },
  "sentencepiece-js": {
    code: `export { SentencePieceProcessor } from "sentencepiece-js";`,
    file: "tokenizer.model",
  },
};

/**
 * @param {string} folder with the files for peers
 * @returns {Promise<import("../report.mjs").Table>}
 */
export async function measureSizes(folder) {
  const rows = [];
  for (const [name, { code, file }] of Object.entries(apps)) {
    const codeSize = gzippedSize(await bundle(code));
    const fileSize = file ? gzippedSize(await readFile(join(folder, file))) : 0;
    rows.push([name, codeSize, fileSize, codeSize + fileSize]);
  }
  const native = (await bytesOfBinary()) / 1e6;
  return {
    title: "Size in kB, minified and gzipped",
    columns: ["code", "vocabulary", "together"],
    rows,
    notes: [
      `tokenizers is no library for browsers; its binary for this platform has ${native.toFixed(1)} MB, and 61 MB with all platforms'`,
      "neither is node-llama-cpp, of which the tokenizer is a small part",
    ],
  };
}

async function bundle(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: dirname(fileURLToPath(import.meta.url)) },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    external: builtinModules,
    logLevel: "error",
  });
  return outputFiles[0].contents;
}

/** In kB. */
function gzippedSize(bytes) {
  return gzipSync(bytes, { level: 9 }).length / 1000;
}

async function bytesOfBinary() {
  const folder = dirname(fileURLToPath(import.meta.resolve("tokenizers")));
  const fits = `.${process.platform}-${process.arch}`;
  const binary = (await readdir(folder)).find((name) => name.includes(fits));
  return binary === undefined ? 0 : (await stat(join(folder, binary))).size;
}
