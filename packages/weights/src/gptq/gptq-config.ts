import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, WeightsError } from "../error.ts";

/** What a folder says of its GPTQ weights. */
export interface GptqConfig {
  /** What is added to the zero points in the file: one in the older convention, none in `gptq_v2`. */
  readonly zeroOffset: 0 | 1;
  /** The file that says so, for messages. */
  readonly path: string;
}

/** A configuration is some kilobytes. */
const MAX_CONFIG_BYTES = 2 ** 20;

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
  const own = await readJson(ownPath);
  const path = own === undefined ? join(folder, "config.json") : ownPath;
  const config = own ?? (await readQuantization(path));
  if (config === undefined || config === null) return undefined;
  if (typeof config !== "object" || Array.isArray(config)) {
    throw badConfig(path, `its quantization_config is ${describe(config)}, and must be an object`);
  }
  return checkConfig(path, config as Fields);
}

async function readQuantization(path: string): Promise<unknown> {
  const { quantization_config: config } = (await readJson(path)) ?? {};
  return config;
}

type Fields = Readonly<Record<string, unknown>>;

async function readJson(path: string): Promise<Fields | undefined> {
  const text = await readText(path);
  if (text === undefined) return undefined;
  if (text.length > MAX_CONFIG_BYTES) throw badConfig(path, `it has ${text.length} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw badConfig(path, "it is no JSON", cause);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw badConfig(path, `it holds ${describe(value)}, and must hold an object`);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new WeightsError("NOT_FOUND", `${path} cannot be read.`, { path, cause });
  }
}

function checkConfig(path: string, config: Fields): GptqConfig {
  const { bits, quant_method: method = "gptq", checkpoint_format: format = "gptq" } = config;
  if (method !== "gptq") throw unsupported(path, `the method ${describe(method)}`);
  if (bits !== 4) throw unsupported(path, `GPTQ with bits = ${describe(bits)}`);
  const { is_marlin_format: isMarlin } = config;
  if (isMarlin === true) throw unsupported(path, "GPTQ laid out for Marlin");
  if (format === "gptq") return { zeroOffset: 1, path };
  if (format === "gptq_v2") return { zeroOffset: 0, path };
  throw unsupported(path, `GPTQ in the format ${describe(format)}`);
}

function badConfig(path: string, problem: string, cause?: unknown): WeightsError {
  return new WeightsError("BAD_CONFIG", `${path} is damaged: ${problem}. Download it again.`, {
    path,
    cause,
  });
}

function unsupported(path: string, what: string): WeightsError {
  const advice = "Convert the model that it was made from, which has full precision";
  return new WeightsError(
    "UNSUPPORTED",
    `By ${path} the weights are quantised with ${what}, and only GPTQ of 4 bits (gptq or gptq_v2) is read here. ${advice}.`,
    { path },
  );
}
