import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { TrainingError } from "../error.ts";

/** What to compute on. A model of a few million weights trains fastest on the CPU. */
export type DeviceKind = "cpu" | "cuda" | "vulkan" | "metal";

/** ggml's shared libraries in a folder. */
export interface GgmlLibraries {
  readonly folder: string;
  /** Tensors, graphs and what all backends have in common. */
  readonly base: string;
  /** Finds and loads backends. */
  readonly registry: string;
}

/** `libggml.so`, and with a version in its name, as node-llama-cpp ships it; not `libggml-cpu-haswell.so`. */
const REGISTRY = /^(lib)?ggml(\.[\w.]+)?\.(so|dylib|dll)$/;
const BASE = /^(lib)?ggml-base(\.[\w.]+)?\.(so|dylib|dll)$/;

/**
 * Finds ggml's libraries: in `libDir`, otherwise among node-llama-cpp's binaries for this machine.
 *
 * @throws TrainingError `ENGINE_MISSING`, which says what to install
 */
export async function findLibraries(
  kind: DeviceKind,
  libDir: string | undefined,
): Promise<GgmlLibraries> {
  if (libDir !== undefined) {
    const found = await librariesIn(libDir);
    if (found) return found;
    throw missing(`${libDir} has no libggml-base and libggml.`);
  }
  for (const name of packageNames(kind)) {
    const folder = await findBinaries(name);
    const found = folder === undefined ? undefined : await librariesBelow(folder);
    if (found) return found;
  }
  const wanted = packageNames(kind).join(" or ");
  throw missing(`node-llama-cpp's binaries for ${kind} are not installed (${wanted}).`);
}

const SYSTEMS: Partial<Record<NodeJS.Platform, string>> = { darwin: "mac", win32: "win" };
const MACHINES: Readonly<Record<string, string>> = { arm: "armv7l" };

/** node-llama-cpp's packages of binaries for a machine; those with Metal serve as CPU too. */
export function packageNames(
  kind: DeviceKind,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): string[] {
  const machine = `@node-llama-cpp/${SYSTEMS[platform] ?? platform}-${MACHINES[arch] ?? arch}`;
  if (kind === "cpu") return [machine, `${machine}-metal`];
  return [`${machine}-${kind}`];
}

async function findBinaries(name: string): Promise<string | undefined> {
  for (const require of [createRequire(import.meta.url), createRequire(join(process.cwd(), "x"))]) {
    try {
      // They are dependencies of node-llama-cpp's, and only to be found from there.
      const entry = createRequire(require.resolve("node-llama-cpp")).resolve(name);
      const { getBinsDir } = await import(/* @vite-ignore */ pathToFileURL(entry).href);
      return getBinsDir().binsDir;
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

async function librariesBelow(folder: string): Promise<GgmlLibraries | undefined> {
  for (const name of await readdir(folder)) {
    const found = await librariesIn(join(folder, name));
    if (found) return found;
  }
  return undefined;
}

async function librariesIn(folder: string): Promise<GgmlLibraries | undefined> {
  const found = chooseLibraries(await readdir(folder).catch(() => []));
  if (!found) return undefined;
  return { folder, base: join(folder, found.base), registry: join(folder, found.registry) };
}

/** Tells the two libraries from all files of a folder, whatever system they are for. */
export function chooseLibraries(
  names: readonly string[],
): Pick<GgmlLibraries, "base" | "registry"> | undefined {
  const base = names.find((name) => BASE.test(name));
  const registry = names.find((name) => REGISTRY.test(name));
  return base === undefined || registry === undefined ? undefined : { base, registry };
}

function missing(problem: string): TrainingError {
  const advice =
    "Run `npm install node-llama-cpp`, or give libDir, the folder of a build of llama.cpp with shared libraries";
  return new TrainingError("ENGINE_MISSING", `${problem} ${advice}.`);
}
