/** What OpenAI's protocol and its extensions call our options, where that is not the same in snake case. */
const NAMES: Readonly<Record<string, string>> = {
  repeatPenalty: "repetition_penalty",
  penaltyWindow: "repeat_last_n",
  jsonSchema: "response_format",
  logprobs: "top_logprobs",
  adapter: "lora",
  "mirostat.tau": "mirostat_tau",
  "mirostat.eta": "mirostat_eta",
  "dynamicTemperature.range": "dynatemp_range",
  "dynamicTemperature.exponent": "dynatemp_exponent",
  "dry.window": "dry_penalty_last_n",
  "dry.breakers": "dry_sequence_breakers",
};

/**
 * What a caller knows an option of ours as.
 *
 * @param option - its name in `GenerateOptions`, such as `topP` or `mirostat.tau`; a field's name stays as it is
 */
export function wireName(option: string): string {
  const [name = ""] = option.split(/[.[]/);
  const known = NAMES[option] ?? NAMES[name];
  if (known !== undefined) return known;
  if (/^(?:xtc|dry)\./.test(option)) return toSnakeCase(option.replace(".", "_"));
  return toSnakeCase(option);
}

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
