import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import koffi from "koffi";
import { layoutOf, type TensorType } from "../../src/tensors/tensor-type.ts";

/** The folder with node-llama-cpp's libraries for this machine. */
export async function libraryFolder(): Promise<string> {
  const require = createRequire(import.meta.url);
  const systems: Partial<Record<NodeJS.Platform, string>> = { darwin: "mac", win32: "win" };
  const metal = process.platform === "darwin" && process.arch === "arm64" ? "-metal" : "";
  const name = `${systems[process.platform] ?? process.platform}-${process.arch}${metal}`;
  const entry = createRequire(require.resolve("node-llama-cpp")).resolve(`@node-llama-cpp/${name}`);
  const { getBinsDir } = await import(pathToFileURL(entry).href);
  const { binsDir } = getBinsDir();
  const [folder] = readdirSync(binsDir, { withFileTypes: true }).filter((one) => one.isDirectory());
  return join(binsDir, folder?.name ?? "");
}

/** ggml's own conversions, called directly. */
export interface GgmlOracle {
  quantize(type: TensorType, values: Float32Array): Uint8Array;
  dequantize(type: TensorType, bytes: Uint8Array, count: number): Float32Array;
}

export async function loadOracle(): Promise<GgmlOracle> {
  const names: Partial<Record<NodeJS.Platform, string>> = {
    darwin: "libggml-base.dylib",
    win32: "ggml-base.dll",
  };
  const name = names[process.platform] ?? "libggml-base.so";
  const library = koffi.load(join(await libraryFolder(), name));
  const chunk = library.func(
    "size_t ggml_quantize_chunk(int, const void*, void*, int64_t, int64_t, int64_t, const void*)",
  );
  const traits = koffi.struct({
    name: "const char*",
    blockValues: "int64_t",
    interleave: "int64_t",
    blockBytes: "size_t",
    isQuantized: "bool",
    toFloat: "void*",
  });
  const traitsOf = library.func("ggml_get_type_traits", koffi.pointer(traits), ["int"]);
  const toFloat = koffi.proto("void", ["const void*", "void*", "int64_t"]);
  return {
    quantize(type, values) {
      const layout = layoutOf(type);
      const bytes = new Uint8Array((values.length / layout.values) * layout.bytes);
      chunk(layout.ggml, values, bytes, 0, 1, values.length, null);
      return bytes;
    },
    dequantize(type, bytes, count) {
      const values = new Float32Array(count);
      const entry = koffi.decode(traitsOf(layoutOf(type).ggml), traits);
      koffi.call(entry.toFloat, toFloat, bytes, values, count);
      return values;
    },
  };
}
