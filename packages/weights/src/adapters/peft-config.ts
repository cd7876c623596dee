import { describe } from "../error.ts";
import { isJsonObject, type JsonObject } from "../files/parse-json.ts";
import { badAdapter, MAX_RANK, unsupportedParts } from "./adapter.ts";

/** What an `adapter_config.json` says, as far as it matters to a trained adapter. */
export interface PeftConfig {
  /** The rank of a module, by its name in the model. */
  rankOf(module: string): number;
  /** A module's strength: its product is multiplied by this, divided by the rank. */
  alphaOf(module: string): number;
}

/** Ways to begin that change the base as well, so that the adapter alone is not the model that was trained. */
const CHANGES_BASE = /^(pissa|olora|corda|loftq|lora_ga)/;

/**
 * Reads an `adapter_config.json`.
 *
 * `fan_in_fan_out` says nothing about a Llama's layers, and PEFT itself ignores it there; `layers_to_transform` and
 * `target_modules` show in the tensors that there are.
 *
 * Source: `LoraConfig` in huggingface/peft, `src/peft/tuners/lora/config.py`.
 *
 * @throws WeightsError `BAD_ADAPTER` for values that cannot be; `UNSUPPORTED` for what is not plain LoRA, all of it by name
 */
export function readPeftConfig(json: JsonObject, path: string): PeftConfig {
  const unsupported = listUnsupported(json);
  if (unsupported.length > 0) throw unsupportedParts(path, unsupported);
  const { r, lora_alpha: alpha, use_rslora: isRankStabilised } = json;
  const rank = requireRank(path, "r", r);
  const strength = requireStrength(path, "lora_alpha", alpha);
  const ranks = readPattern(json, "rank_pattern", path, requireRank);
  const strengths = readPattern(json, "alpha_pattern", path, requireStrength);
  const rankOf = (module: string) => findInPattern(ranks, module) ?? rank;
  return {
    rankOf,
    alphaOf(module) {
      const own = findInPattern(strengths, module) ?? strength;
      // rsLoRA divides by the root of the rank instead.
      return isRankStabilised === true ? own * Math.sqrt(rankOf(module)) : own;
    },
  };
}

/** Settings under which an adapter is more than two matrices a layer, or is not all there is. */
function listUnsupported(json: JsonObject): string[] {
  const parts: string[] = [];
  const refuse = (name: string, isRefused: (value: unknown) => boolean, what: string) => {
    if (isRefused(json[name])) parts.push(`${name} ${JSON.stringify(json[name])} (${what})`);
  };
  const isSet = (value: unknown) => value !== undefined && value !== null && value !== false;
  const isFilled = (value: unknown) =>
    isSet(value) && (typeof value !== "object" || Object.keys(value as object).length > 0);
  const isOther = (usual: string) => (value: unknown) => value !== undefined && value !== usual;
  const isText = (pattern: RegExp) => (value: unknown) =>
    typeof value === "string" && pattern.test(value);
  refuse("peft_type", (value) => value !== "LORA", "only LORA is read");
  refuse("use_dora", isSet, "DoRA: weights with a trained magnitude");
  refuse("bias", (value) => isSet(value) && isOther("none")(value), "trained biases");
  refuse("lora_bias", isSet, "trained biases");
  refuse("modules_to_save", isFilled, "modules trained in full");
  refuse("trainable_token_indices", isFilled, "tokens trained in full");
  refuse("layer_replication", isFilled, "layers that stand for several");
  refuse("target_parameters", isFilled, "parameters outside linear layers");
  refuse("alora_invocation_tokens", isFilled, "it acts only after certain tokens: aLoRA");
  refuse("use_qalora", isSet, "QA-LoRA");
  refuse("init_lora_weights", isText(CHANGES_BASE), "changes the base as well");
  return parts;
}

function requireRank(path: string, name: string, value: unknown): number {
  if (Number.isInteger(value) && (value as number) > 0 && (value as number) <= MAX_RANK) {
    return value as number;
  }
  throw badAdapter(
    path,
    `its ${name} is ${describe(value)}, and must be a whole number from 1 to ${MAX_RANK}`,
  );
}

function requireStrength(path: string, name: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value) && value !== 0) return value;
  throw badAdapter(path, `its ${name} is ${describe(value)}, and must be a number other than 0`);
}

/** Keys are regular expressions in PEFT, and in practice names; no others are taken, as they come from a file. */
const PLAIN_KEY = /^\^?[\w.]+\$?$/;

function readPattern(
  json: JsonObject,
  name: string,
  path: string,
  require: (path: string, name: string, value: unknown) => number,
): Map<string, number> {
  const pattern = json[name] ?? {};
  if (!isJsonObject(pattern)) throw badAdapter(path, `its ${name} is ${describe(pattern)}`);
  const keys = Object.keys(pattern).filter((key) => !PLAIN_KEY.test(key));
  if (keys.length > 0)
    throw unsupportedParts(
      path,
      keys.map((key) => `${name} for ${describe(key)}`),
    );
  return new Map(
    Object.entries(pattern).map(([key, value]) => [
      key,
      require(path, `${name} for ${key}`, value),
    ]),
  );
}

/** The first key that the module's name ends with; one that begins with `^` must be the whole name. */
function findInPattern(pattern: ReadonlyMap<string, number>, module: string): number | undefined {
  for (const [key, value] of pattern) {
    const name = key.replace(/\$$/, "");
    if (name.startsWith("^") ? name.slice(1) === module : `.${module}`.endsWith(`.${name}`)) {
      return value;
    }
  }
  return undefined;
}
