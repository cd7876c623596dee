import { describe, WeightsError } from "../error.ts";
import { isJsonObject, type JsonObject } from "../files/parse-json.ts";
import { findShapeProblem, type LlamaConfig, type RopeScaling } from "./llama-config.ts";

/** transformers' defaults for what a `config.json` leaves out. Source: its `LlamaConfig`. */
const DEFAULTS = { max_position_embeddings: 2048, rms_norm_eps: 1e-6, rope_theta: 10_000 };

/** What a GGUF holds of a number of tokens. */
const MAX_U32: number = 2 ** 32 - 1;

/** Settings that change what a model computes and have no place in a GGUF of Llama 2, and their only good values. */
const FIXED: Readonly<Record<string, unknown>> = {
  model_type: "llama",
  hidden_act: "silu",
  attention_bias: false,
  mlp_bias: false,
};

/**
 * Reads the `config.json` of a Llama.
 *
 * Source: `LlamaConfig` in huggingface/transformers, `src/transformers/models/llama/configuration_llama.py`.
 *
 * @param json - the file
 * @param path - where it stands, for messages
 * @throws WeightsError `BAD_CONFIG` or `UNSUPPORTED`
 */
export function readConfig(json: JsonObject, path: string): LlamaConfig {
  for (const [name, good] of Object.entries(FIXED)) {
    const value = json[name] ?? good;
    if (value !== good) throw unsupported(path, name, value, `only ${describe(good)} is converted`);
  }
  const number = (name: string, usual?: number): number => {
    const value = json[name] ?? usual;
    if (typeof value === "number" && value > 0 && Number.isFinite(value)) return value;
    throw badConfig(path, `its ${name} is ${describe(value)}`);
  };
  const count = (name: string, usual?: number): number => {
    const value = number(name, usual);
    if (Number.isInteger(value) && value <= MAX_U32) return value;
    throw badConfig(path, `its ${name} is ${value}`);
  };
  const heads = number("num_attention_heads");
  const { rope, theta } = findRope(json);
  const config: LlamaConfig = {
    layers: number("num_hidden_layers"),
    hidden: number("hidden_size"),
    feedForward: number("intermediate_size"),
    heads,
    kvHeads: number("num_key_value_heads", heads),
    vocabulary: number("vocab_size"),
    contextLength: count("max_position_embeddings", DEFAULTS.max_position_embeddings),
    normEpsilon: number("rms_norm_eps", DEFAULTS.rms_norm_eps),
    ropeTheta: theta ?? number("rope_theta", DEFAULTS.rope_theta),
    ropeScaling: readRopeScaling(rope, path),
    isTied: json["tie_word_embeddings"] === true,
  };
  const problem = findShapeProblem(config);
  if (problem !== undefined) throw badConfig(path, problem);
  const headSize = json["head_dim"] ?? config.hidden / heads;
  if (headSize !== config.hidden / heads) {
    throw unsupported(path, "head_dim", headSize, `Llama 2's is hidden_size / num_attention_heads`);
  }
  return config;
}

/** Newer files have the rotary embedding's settings together, older ones beside each other. */
function findRope(json: JsonObject): { rope: unknown; theta: number | undefined } {
  const together = json["rope_parameters"];
  if (!isJsonObject(together)) return { rope: json["rope_scaling"], theta: undefined };
  const theta = together["rope_theta"];
  return { rope: together, theta: typeof theta === "number" && theta > 0 ? theta : undefined };
}

function readRopeScaling(value: unknown, path: string): RopeScaling | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw badConfig(path, `its rope_scaling is ${describe(value)}`);
  const { rope_type, type = rope_type, factor, original_max_position_embeddings: original } = value;
  if (type === "default" || type === undefined) return undefined;
  if (type !== "linear" && type !== "yarn") {
    throw unsupported(path, "rope_scaling.type", type, `"linear" and "yarn" are converted`);
  }
  if (typeof factor !== "number" || !(factor > 0)) {
    throw badConfig(path, `its rope_scaling.factor is ${describe(factor)}`);
  }
  return {
    type,
    factor,
    originalContextLength: typeof original === "number" ? original : undefined,
  };
}

function badConfig(path: string, problem: string): WeightsError {
  return new WeightsError("BAD_CONFIG", `${path} cannot be right: ${problem}.`, { path });
}

function unsupported(path: string, name: string, value: unknown, advice: string): WeightsError {
  return new WeightsError("UNSUPPORTED", `${path} has ${name} ${describe(value)}: ${advice}.`, {
    path,
  });
}
