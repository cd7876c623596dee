import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { WeightsError } from "../error.ts";
import { layoutOf, rowBytes, type TensorType } from "../tensors/tensor-type.ts";

/** ggml's quantiser, called in its own shared library. */
export interface GgmlLibrary {
  /** Quantises whole blocks, in several threads. The arrays must stay as they are until it is done. */
  quantize(type: TensorType, values: Float32Array, bytes: Uint8Array): Promise<void>;
}

/** Node's own threads for such calls are four, unless `UV_THREADPOOL_SIZE` says otherwise. */
const THREADS: number = Math.min(4, availableParallelism());

const SIGNATURE =
  "size_t ggml_quantize_chunk(int type, const void* from, void* to, int64_t start, int64_t rows, int64_t columns, const void* importance)";

type QuantizeChunk = (
  type: number,
  from: Float32Array,
  to: Uint8Array,
  start: number,
  rows: number,
  columns: number,
  importance: null,
  callback: (error: unknown) => void,
) => void;

const loaded = new Map<string, Promise<GgmlLibrary>>();

/**
 * Loads ggml's library: from `libDir`, otherwise from node-llama-cpp's binaries for this machine.
 *
 * @throws WeightsError `MISSING_LIBRARY`, which says what to install
 */
export function loadGgml(options: {
  /** What it is needed for, to say so where it is missing. */
  readonly for: TensorType;
  readonly libDir?: string | undefined;
}): Promise<GgmlLibrary> {
  const key = options.libDir ?? "";
  let library = loaded.get(key);
  if (library === undefined) {
    library = openLibrary(options.for, options.libDir);
    loaded.set(key, library);
    // What is missing now may be there the next time.
    library.catch(() => loaded.delete(key));
  }
  return library;
}

async function openLibrary(type: TensorType, libDir: string | undefined): Promise<GgmlLibrary> {
  const path = libDir === undefined ? await findLibrary(type) : join(libDir, libraryName());
  if (libDir !== undefined && !existsSync(path)) throw missing(type, `There is no ${path}.`);
  const koffi = await loadKoffi(type);
  try {
    const chunk = koffi.load(path).func(SIGNATURE);
    return { quantize: (...args) => quantizeInParts(chunk.async as QuantizeChunk, ...args) };
  } catch (cause) {
    throw missing(type, `${path} could not be loaded.`, cause);
  }
}

type Koffi = typeof import("koffi")["default"];

async function loadKoffi(type: TensorType): Promise<Koffi> {
  try {
    const { default: koffi } = await import("koffi");
    return koffi;
  } catch (cause) {
    throw missing(type, "The package koffi, which calls it, is not installed.", cause);
  }
}

function missing(type: TensorType, problem: string, cause?: unknown): WeightsError {
  const advice =
    "Run `npm install koffi node-llama-cpp`, or give libDir, the folder of a build of llama.cpp with shared libraries";
  return new WeightsError(
    "MISSING_LIBRARY",
    `Quantising to ${type} needs ggml's library. ${problem} ${advice}; Q8_0, Q4_0 and Q4_1 need no library.`,
    { cause },
  );
}

function libraryName(): string {
  if (process.platform === "win32") return "ggml-base.dll";
  return process.platform === "darwin" ? "libggml-base.dylib" : "libggml-base.so";
}

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { darwin: "mac", win32: "win" };

/** node-llama-cpp has its binaries in a package for each kind of machine, under `bins`, in a folder of their own. */
async function findLibrary(type: TensorType): Promise<string> {
  const machine = `${SYSTEMS[process.platform] ?? process.platform}-${process.arch}`;
  for (const require of [createRequire(import.meta.url), createRequire(join(process.cwd(), "x"))]) {
    for (const name of [machine, `${machine}-metal`]) {
      const binsDir = await findBinaries(require, `@node-llama-cpp/${name}`);
      if (binsDir === undefined) continue;
      for (const folder of await readdir(binsDir)) {
        const path = join(binsDir, folder, libraryName());
        if (existsSync(path)) return path;
      }
    }
  }
  throw missing(type, `No binaries of node-llama-cpp for ${machine} were found.`);
}

async function findBinaries(require: NodeJS.Require, name: string): Promise<string | undefined> {
  try {
    // They are dependencies of node-llama-cpp's, and only to be found from there.
    const entry = createRequire(require.resolve("node-llama-cpp")).resolve(name);
    const { getBinsDir } = await import(/* @vite-ignore */ pathToFileURL(entry).href);
    return getBinsDir().binsDir;
  } catch {
    return undefined;
  }
}

/** Blocks do not depend on each other, so each thread takes some of them. */
async function quantizeInParts(
  chunk: QuantizeChunk,
  type: TensorType,
  values: Float32Array,
  bytes: Uint8Array,
): Promise<void> {
  const layout = layoutOf(type);
  const perPart = Math.ceil(values.length / layout.values / THREADS) * layout.values;
  const parts: Promise<void>[] = [];
  for (let start = 0; start < values.length; start += perPart) {
    const from = values.subarray(start, start + perPart);
    const at = rowBytes(type, start);
    const to = bytes.subarray(at, at + rowBytes(type, from.length));
    parts.push(
      new Promise((resolve, reject) => {
        const done = (error: unknown) => (error ? reject(error) : resolve());
        chunk(layout.ggml as number, from, to, 0, 1, from.length, null, done);
      }),
    );
  }
  await Promise.all(parts);
}
