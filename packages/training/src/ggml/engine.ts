import { basename } from "node:path";
import { badOption } from "../error.ts";
import { BlasProducts, loadBlas } from "./blas.ts";
import { type Device, openDevice } from "./device.ts";
import type { DeviceKind } from "./find-libraries.ts";
import { ggmlProducts, type MatrixProducts } from "./matrix-products.ts";
import { type SoftMaxBack, softMaxBack } from "./soft-max-back.ts";

/** What to compute with, and how. */
export interface EngineOptions {
  /** Default `"cpu"`. */
  readonly device?: DeviceKind | undefined;
  /** Threads on a CPU. Default 1: on a busy machine more than one wait for each other most of the time. */
  readonly threads?: number | undefined;
  /** A folder with ggml's shared libraries, where node-llama-cpp's shall not be used. */
  readonly libDir?: string | undefined;
  /**
   * A library of fast products for the CPU: `"auto"`, the default, takes OpenBLAS, MKL, BLIS or Accelerate where
   * the system has it; a path takes that one; `"off"` computes with ggml alone, at half the speed.
   */
  readonly blas?: "auto" | "off" | (string & {}) | undefined;
}

/** An opened engine. */
export interface Engine {
  readonly device: Device;
  readonly products: MatrixProducts;
  readonly softMaxBack: SoftMaxBack;
  /** What results depend on to the bit: the kind of device, and whose products. */
  readonly arithmetic: string;
  close(): void;
}

/**
 * Opens what to compute with.
 *
 * @throws TrainingError `BAD_OPTION`, `ENGINE_MISSING` or `DEVICE_UNAVAILABLE`
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  const { device: kind = "cpu", threads = 1, libDir, blas: choice = "auto" } = options;
  if (!["cpu", "cuda", "vulkan", "metal"].includes(kind)) {
    throw badOption("device", kind, '"cpu", "cuda", "vulkan" or "metal"');
  }
  if (!Number.isInteger(threads) || threads < 1) throw badOption("threads", threads, "1 or more");
  const blas = kind === "cpu" && choice !== "off" ? loadBlas(choice, threads) : undefined;
  // A BLAS is called from ggml's first thread alone: it has threads of its own.
  const device = await openDevice({ kind, libDir, threads: blas ? 1 : threads });
  const products = blas ? new BlasProducts(device, blas) : ggmlProducts(device);
  return {
    device,
    products,
    softMaxBack: softMaxBack(device),
    arithmetic: `${kind} with ${blas ? basename(blas.path) : "ggml alone"}`,
    close() {
      products.dispose();
      device.close();
    },
  };
}
