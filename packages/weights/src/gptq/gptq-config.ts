import { join } from "node:path";
import { describe, WeightsError } from "../error.ts";
import { isJsonObject, type JsonObject } from "../files/parse-json.ts";
import { readJson } from "../hugging-face/read-json.ts";

/** What a folder says of its GPTQ weights. */
export interface GptqConfig {
  /** What is added to the zero points in the file: one in the older convention, none in `gptq_v2`. */
  readonly zeroOffset: 0 | 1;
  /** The file that says so, for messages. */
  readonly path: string;
}

/**
 * Reads what a Hugging Face folder says of its GPTQ weights: in `quantize_config.json`, or in `config.json` under
 * `quantization_config`.
 *
 * @param folder - the folder
 * @returns the settings that matter, or undefined where the folder is not quantised
 * @throws WeightsError `UNSUPPORTED` for other methods than GPTQ of 4 bits, by name; `BAD_CONFIG` for a damaged file
 * @example
 * ```ts
 * const config = await readGptqConfig("Llama-2-7B-GPTQ");
 * ```
 */
export async function readGptqConfig(folder: string): Promise<GptqConfig | undefined> {
  const ownPath = join(folder, "quantize_config.json");
  const own = await readIfThere(ownPath);
  const path = own === undefined ? join(folder, "config.json") : ownPath;
  const config = own ?? (await readQuantization(path));
  if (config === undefined || config === null) return undefined;
  if (isJsonObject(config)) return checkConfig(path, config);
  const problem = `its quantization_config is ${describe(config)}, and must be an object`;
  throw new WeightsError("BAD_CONFIG", `${path} cannot be right: ${problem}.`, { path });
}

async function readQuantization(path: string): Promise<unknown> {
  const { quantization_config: config } = (await readIfThere(path)) ?? {};
  return config;
}

async function readIfThere(path: string): Promise<JsonObject | undefined> {
  try {
    return await readJson(path);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    throw error;
  }
}

function checkConfig(path: string, config: JsonObject): GptqConfig {
  const { bits, quant_method: method = "gptq", checkpoint_format: format = "gptq" } = config;
  if (method !== "gptq") throw unsupported(path, `the method ${describe(method)}`);
  if (bits !== 4) throw unsupported(path, `GPTQ with bits = ${describe(bits)}`);
  const { is_marlin_format: isMarlin } = config;
  if (isMarlin === true) throw unsupported(path, "GPTQ laid out for Marlin");
  if (format === "gptq") return { zeroOffset: 1, path };
  if (format === "gptq_v2") return { zeroOffset: 0, path };
  throw unsupported(path, `GPTQ in the format ${describe(format)}`);
}

function unsupported(path: string, what: string): WeightsError {
  const advice = "Convert the model that it was made from, which has full precision";
  return new WeightsError(
    "UNSUPPORTED",
    `By ${path} the weights are quantised with ${what}, and only GPTQ of 4 bits (gptq or gptq_v2) is read here. ${advice}.`,
    { path },
  );
}
