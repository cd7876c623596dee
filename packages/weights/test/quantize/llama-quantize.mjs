// Runs llama.cpp's own quantiser: node llama-quantize.mjs <folder of its libraries> <input> <output> <numbers of types>
// Each number's output has that number behind its name. A process of its own, as ggml ends the one it is in when something is wrong.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import koffi from "koffi";

const [, , folder, input, output, ...fileTypes] = process.argv;
const find = (pattern) =>
  join(
    folder,
    readdirSync(folder).find((name) => pattern.test(name)),
  );
koffi.load(find(/^(lib)?ggml-base\.(so|dylib|dll)$/), { global: true });
koffi.load(find(/^(lib)?ggml(\.v[\d.]+)?\.(so|dylib|dll)$/), { global: true });
const llama = koffi.load(find(/^(lib)?llama(\.v[\d.]+)?\.(so|dylib|dll)$/));

// Only the first two fields are set; the rest is what llama.cpp has by default, and room for fields to come.
koffi.struct("Parameters", {
  threads: "int32_t",
  fileType: "int32_t",
  rest: koffi.array("uint8_t", 120),
});
const parameters = llama.func("Parameters llama_model_quantize_default_params()")();
parameters.threads = 1;
const quantize = llama.func(
  "uint32_t llama_model_quantize(const char*, const char*, const Parameters*)",
);
for (const fileType of fileTypes) {
  parameters.fileType = Number(fileType);
  if (quantize(input, `${output}${fileType}`, parameters) !== 0) process.exitCode = 1;
}
