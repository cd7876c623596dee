import koffi from "koffi";
import { TrainingError } from "../error.ts";
import { type DeviceKind, findLibraries } from "./find-libraries.ts";
import type { Context } from "./handles.ts";
import { OPERATIONS, type Operations } from "./operations.ts";
import { REGISTRY, type Registry, RUNTIME, type Runtime } from "./runtime.ts";

/** ggml, loaded into this process. */
export interface Ggml {
  readonly runtime: Runtime;
  readonly registry: Registry;
  /** Operations whose results are described in a context. */
  operations(context: Context): Operations;
  /** Makes an operation of a function of our own. */
  readonly custom: CustomOperation;
  readonly customInPlace: CustomInPlaceOperation;
}

/** Describes a tensor `[n0, n1, n2, n3]` of a type that a function computes when the graph runs. */
type CustomOperation = (
  context: Context,
  type: number,
  n0: number,
  n1: number,
  n2: number,
  n3: number,
  sources: bigint[],
  sourceCount: number,
  compute: bigint,
  tasks: number,
  userData: bigint,
) => bigint;

/** The same with a tensor that the function changes: the result stands for it. */
type CustomInPlaceOperation = (
  context: Context,
  changed: bigint,
  sources: bigint[],
  sourceCount: number,
  compute: bigint,
  tasks: number,
  userData: bigint,
) => bigint;

const CUSTOM_IN_PLACE =
  "void* ggml_custom_inplace(void* context, void* changed, void** sources, int sourceCount, void* compute, int tasks, void* userData)";

const CUSTOM =
  "void* ggml_custom_4d(void* context, int type, int64_t n0, int64_t n1, int64_t n2, int64_t n3, void** sources, int sourceCount, void* compute, int tasks, void* userData)";

const loaded = new Map<string, Promise<Ggml>>();

/**
 * Loads ggml's libraries with their backends, once for each folder.
 *
 * @throws TrainingError `ENGINE_MISSING`
 */
export async function loadGgml(kind: DeviceKind, libDir: string | undefined): Promise<Ggml> {
  const key = libDir ?? kind;
  const known = loaded.get(key);
  if (known) return known;
  const loading = load(kind, libDir);
  loaded.set(key, loading);
  loading.catch(() => loaded.delete(key)); // what is missing now may be there the next time
  return loading;
}

async function load(kind: DeviceKind, libDir: string | undefined): Promise<Ggml> {
  const libraries = await findLibraries(kind, libDir);
  declareStructures();
  try {
    const base = koffi.load(libraries.base);
    const runtime = bind<Runtime>(base, RUNTIME);
    const registry = bind<Registry>(koffi.load(libraries.registry), REGISTRY);
    const functions = bind<Record<keyof Operations, (...values: unknown[]) => bigint>>(
      base,
      OPERATIONS,
    );
    withoutLog(base, () => registry.loadBackends(libraries.folder));
    return {
      runtime,
      registry,
      operations: (context) => bindContext(functions, context),
      custom: base.func(CUSTOM) as unknown as CustomOperation,
      customInPlace: base.func(CUSTOM_IN_PLACE) as unknown as CustomInPlaceOperation,
    };
  } catch (cause) {
    throw new TrainingError(
      "ENGINE_MISSING",
      `ggml's libraries in ${libraries.folder} could not be loaded: ${cause instanceof Error ? cause.message : cause}. They must be of llama.cpp's ggml 0.23 or near it.`,
      { cause },
    );
  }
}

/** koffi knows names of structures for the whole process, in which there may be two copies of this package. */
function declareStructures(): void {
  try {
    koffi.type("ggml_init_params");
  } catch {
    koffi.struct("ggml_init_params", { mem_size: "size_t", mem_buffer: "void*", no_alloc: "bool" });
  }
}

function bind<Functions>(
  library: ReturnType<typeof koffi.load>,
  declarations: Record<keyof Functions & string, string>,
): Functions {
  const entries = Object.entries<string>(declarations);
  return Object.fromEntries(
    entries.map(([name, declaration]) => [name, library.func(declaration)]),
  ) as Functions;
}

function bindContext(
  functions: Record<keyof Operations, (...values: unknown[]) => bigint>,
  context: Context,
): Operations {
  const entries = Object.entries(functions);
  return Object.fromEntries(
    entries.map(([name, call]) => [name, (...values: unknown[]) => call(context, ...values)]),
  ) as unknown as Operations;
}

/** Backends tell on stderr where they were loaded from. Whoever has ggml's log in this process gets it back. */
function withoutLog(base: ReturnType<typeof koffi.load>, act: () => void): void {
  const get = base.func("void ggml_log_get(_Out_ void** callback, _Out_ void** data)");
  const set = base.func("void ggml_log_set(void* callback, void* data)");
  const type = koffi.pointer(
    koffi.proto("void", ["int", koffi.pointer("char"), koffi.pointer("void")]),
  );
  const silence = koffi.register(() => {}, type);
  const callback = [null];
  const data = [null];
  get(callback, data);
  set(silence, null);
  try {
    act();
  } finally {
    set(callback[0], data[0]);
    koffi.unregister(silence);
  }
}
