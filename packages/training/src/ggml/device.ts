import koffi from "koffi";
import { TrainingError } from "../error.ts";
import type { DeviceKind } from "./find-libraries.ts";
import type { Backend, DeviceHandle } from "./handles.ts";
import { type Ggml, loadGgml } from "./load.ts";

/** A device of this machine, opened to compute with. */
export interface Device {
  readonly ggml: Ggml;
  readonly kind: DeviceKind;
  /** As ggml names it, such as `CPU` or `CUDA0`. */
  readonly name: string;
  readonly description: string;
  readonly handle: DeviceHandle;
  readonly backend: Backend;
  /** Threads that compute; of a GPU, one. */
  readonly threads: number;
  close(): void;
}

/** How ggml's names of a kind's devices begin. */
const NAMES: Record<DeviceKind, RegExp> = {
  cpu: /^CPU/i,
  cuda: /^(CUDA|ROCm|MUSA)/i,
  vulkan: /^Vulkan/i,
  metal: /^(Metal|MTL)/i,
};

/** Without a name, as koffi knows names for the whole process, in which there may be two copies of this package. */
const setThreads = koffi.proto("void", [koffi.pointer("void"), "int"]);

/**
 * Opens the first device of a kind.
 *
 * @throws TrainingError `ENGINE_MISSING` or `DEVICE_UNAVAILABLE`
 */
export async function openDevice(options: {
  readonly kind: DeviceKind;
  readonly threads: number;
  readonly libDir?: string | undefined;
}): Promise<Device> {
  const { kind, threads } = options;
  const ggml = await loadGgml(kind, options.libDir);
  const { runtime } = ggml;
  const handle = findDevice(ggml, kind);
  const backend = runtime.openDevice(handle, null);
  if (!backend) {
    throw unavailable(kind, `${runtime.deviceDescription(handle)} could not be opened`);
  }
  if (kind === "cpu") {
    const registry = runtime.deviceRegistry(handle);
    const call = runtime.procedure(registry, "ggml_backend_set_n_threads");
    if (call) koffi.call(call, setThreads, backend, threads);
  }
  return {
    ggml,
    kind,
    name: runtime.deviceName(handle),
    description: runtime.deviceDescription(handle),
    handle,
    backend,
    threads,
    close: () => runtime.closeDevice(backend),
  };
}

function findDevice({ runtime, registry }: Ggml, kind: DeviceKind): DeviceHandle {
  const names: string[] = [];
  for (let index = 0; index < registry.deviceCount(); index++) {
    const device = registry.device(index);
    const name = runtime.deviceName(device);
    if (NAMES[kind].test(name)) return device;
    names.push(name);
  }
  throw unavailable(kind, `ggml found no such device here, only ${names.join(", ") || "none"}`);
}

function unavailable(kind: DeviceKind, problem: string): TrainingError {
  return new TrainingError(
    "DEVICE_UNAVAILABLE",
    `Cannot train on ${kind}: ${problem}. Use device: "cpu".`,
  );
}

/** Bytes of a device's memory that are free, as far as it says. */
export function freeMemory({ ggml, handle, kind }: Device): number {
  if (kind === "cpu") return process.availableMemory();
  const free: [bigint | number] = [0];
  ggml.runtime.deviceMemory(handle, free, [0]);
  return Number(free[0]);
}
