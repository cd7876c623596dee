import { expect, it } from "vitest";
import { chooseLibraries, packageNames } from "../src/ggml/find-libraries.ts";

it.each([
  ["cpu", "linux", "x64", ["linux-x64", "linux-x64-metal"]],
  ["cuda", "linux", "x64", ["linux-x64-cuda"]],
  ["cpu", "linux", "arm", ["linux-armv7l", "linux-armv7l-metal"]],
  ["cpu", "darwin", "x64", ["mac-x64", "mac-x64-metal"]],
  ["cpu", "darwin", "arm64", ["mac-arm64", "mac-arm64-metal"]],
  ["metal", "darwin", "arm64", ["mac-arm64-metal"]],
  ["vulkan", "win32", "x64", ["win-x64-vulkan"]],
] as const)("binaries for %s on %s %s are in %j", (kind, platform, arch, names) => {
  const scoped = names.map((name) => `@node-llama-cpp/${name}`);
  expect(packageNames(kind, platform, arch)).toEqual(scoped);
});

it.each([
  [
    "Linux",
    ["libggml-base.so", "libggml-cpu-haswell.so", "libggml.v0.4.0.so", "libllama.so"],
    0,
    2,
  ],
  ["Linux, by versions", ["libggml-base.so.0", "libggml-base.0.9.so", "libggml.0.9.so"], 1, 2],
  [
    "macOS",
    ["libggml-blas.dylib", "libggml-metal.dylib", "libggml.dylib", "libggml-base.dylib"],
    3,
    2,
  ],
  [
    "Windows",
    ["ggml-cpu-x64.dll", "ggml-base.dll", "ggml-vulkan.dll", "ggml.dll", "llama.dll"],
    1,
    3,
  ],
])("ggml's two libraries are known among those of %s", (_, names, base, registry) => {
  expect(chooseLibraries(names)).toEqual({ base: names[base], registry: names[registry] });
});

it("half of ggml is none", () => {
  expect(chooseLibraries(["libggml-base.so", "libggml-cpu-haswell.so"])).toBeUndefined();
  expect(chooseLibraries([])).toBeUndefined();
});
