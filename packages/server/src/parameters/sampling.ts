import type { GenerateOptions } from "@llama2-kit/protocol";
import type { Fields } from "../fields.ts";
import { readMirostat, readStop } from "./generation-limits.ts";

/** A {@link GenerateOptions} under construction. */
export type OptionsDraft = { -readonly [Name in keyof GenerateOptions]: GenerateOptions[Name] };

/** Numbers that mean what ours mean. Several names of one option are of several servers. */
const NUMBERS: readonly (readonly [field: string, option: keyof GenerateOptions])[] = [
  ["temperature", "temperature"],
  ["top_p", "topP"],
  ["min_p", "minP"],
  ["typical_p", "typicalP"],
  ["repeat_penalty", "repeatPenalty"],
  ["repetition_penalty", "repeatPenalty"],
  ["frequency_penalty", "frequencyPenalty"],
  ["presence_penalty", "presencePenalty"],
];

/** llama-server's -1 stands for the whole context; Llama 2's is a quarter of this. */
const WHOLE_CONTEXT = 16_384;

/**
 * Reads how to sample, by OpenAI's names and those that vLLM, llama-server and Ollama add. Their ranges are the
 * model's to check.
 *
 * @throws ServerError `BAD_REQUEST` or `UNSUPPORTED`
 */
export function readSampling(fields: Fields): OptionsDraft {
  const options: OptionsDraft = {};
  for (const [field, option] of NUMBERS) set(options, option, fields.number(field));
  set(options, "stop", readStop(fields));
  set(options, "topK", orOff(fields.integer("top_k")));
  set(options, "topNSigma", orOff(fields.number("top_n_sigma")));
  const window = fields.integer("repeat_last_n");
  set(options, "penaltyWindow", window === -1 ? WHOLE_CONTEXT : window);
  set(options, "mirostat", readMirostat(fields));
  set(options, "dynamicTemperature", readDynamicTemperature(fields));
  set(options, "xtc", readXtc(fields));
  set(options, "dry", readDry(fields));
  set(options, "logitBias", readLogitBias(fields));
  return options;
}

/** Sets an option, unless there is no value: a backend need not know an option that nobody asked for. */
export function set<Name extends keyof GenerateOptions>(
  options: OptionsDraft,
  name: Name,
  value: GenerateOptions[Name],
): void {
  if (value !== undefined) options[name] = value;
}

/** vLLM and llama-server write "off" as -1. */
function orOff(value: number | undefined): number | undefined {
  return value !== undefined && value < 0 ? 0 : value;
}

function readDynamicTemperature(fields: Fields): GenerateOptions["dynamicTemperature"] {
  const range = fields.number("dynatemp_range");
  const exponent = fields.number("dynatemp_exponent");
  return range ? { range, ...(exponent !== undefined && { exponent }) } : undefined;
}

function readXtc(fields: Fields): GenerateOptions["xtc"] {
  const probability = fields.number("xtc_probability");
  const threshold = fields.number("xtc_threshold");
  return probability ? { probability, ...(threshold !== undefined && { threshold }) } : undefined;
}

function readDry(fields: Fields): GenerateOptions["dry"] {
  const multiplier = fields.number("dry_multiplier");
  if (!multiplier) return undefined;
  const base = fields.number("dry_base");
  const allowedLength = fields.integer("dry_allowed_length");
  const window = fields.integer("dry_penalty_last_n");
  const breakers = fields.strings("dry_sequence_breakers");
  return {
    multiplier,
    ...(base !== undefined && { base }),
    ...(allowedLength !== undefined && { allowedLength }),
    ...(window !== undefined && window >= 0 && { window }),
    ...(breakers && { breakers }),
  };
}

/** An object of biases by token id; or as llama-server has it, an array of pairs, where `false` bans a token. */
function readLogitBias(fields: Fields): GenerateOptions["logitBias"] {
  const value = fields.raw("logit_bias");
  if (value === undefined) return undefined;
  const entries: readonly unknown[] = Array.isArray(value)
    ? value
    : Object.entries(fields.object("logit_bias") ?? {});
  const biases: Record<string, number> = {};
  for (const entry of entries) {
    const [id, bias] = Array.isArray(entry) ? entry : [];
    const number = bias === false ? -100 : bias;
    if (!isTokenId(id) || typeof number !== "number") {
      throw fields.wrong("logit_bias", "an object of numbers by token id");
    }
    biases[id] = number;
  }
  return entries.length > 0 ? biases : undefined;
}

/** As a number, or as the name of an object's field. */
function isTokenId(id: unknown): id is number | string {
  return (typeof id === "number" || typeof id === "string") && /^\d{1,10}$/.test(String(id));
}
