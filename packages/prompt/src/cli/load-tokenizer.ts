import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { TextTokenizer } from "../plain-text.ts";
import { CliError } from "./cli-error.ts";

/** A GGUF has its vocabulary at the beginning, in a few megabytes; the weights behind it can be many gigabytes. */
const MAX_BYTES = 64 * 2 ** 20;

/** By a variable, because it is installed beside this package only by those who want ids. */
const TOKENIZER_PACKAGE: string = "@llama2-kit/tokenizer";

/**
 * @param path - a tokenizer's file, or a JavaScript module that exports `encode`
 * @returns the tokenizer
 * @throws CliError if there is none
 */
export async function loadTextTokenizer(path: string | undefined): Promise<TextTokenizer> {
  if (path === undefined) {
    throw new CliError(
      "--ids needs --tokenizer: a GGUF, a tokenizer.model, or a module with encode(text).",
    );
  }
  if (/\.[cm]?js$/.test(path)) return loadModule(path);
  const { loadTokenizer } = await importTokenizerPackage();
  return loadTokenizer(await readBeginning(path));
}

async function loadModule(path: string): Promise<TextTokenizer> {
  const loaded = await importModule(path);
  const tokenizer = loaded.default ?? loaded;
  if (typeof tokenizer.encode === "function") return tokenizer;
  throw new CliError(`${path} exports no encode(text).`);
}

async function importModule(path: string) {
  try {
    return await import(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError(`${path} cannot be loaded: ${reason}`, { cause });
  }
}

async function importTokenizerPackage(): Promise<{
  loadTokenizer(bytes: Uint8Array): TextTokenizer;
}> {
  try {
    return await import(TOKENIZER_PACKAGE);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    const command = `npx -p @llama2-kit/prompt -p ${TOKENIZER_PACKAGE} llama2-prompt`;
    throw new CliError(
      `This file needs ${TOKENIZER_PACKAGE}: run "${command}" with the same arguments.`,
    );
  }
}

async function readBeginning(path: string): Promise<Uint8Array> {
  await using file = await open(path);
  const { size } = await file.stat();
  const bytes = new Uint8Array(Math.min(size, MAX_BYTES));
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return bytes.subarray(0, length);
}
