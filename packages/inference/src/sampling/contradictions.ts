import type { GenerateOptions } from "@llama2-kit/protocol";
import { InferenceError } from "../error.ts";
import type { SamplingParameters } from "./sampling-parameters.ts";

/**
 * Refuses options that cannot both be followed, instead of following one of them.
 *
 * @throws InferenceError `BAD_PARAMETER`
 */
export function refuseContradictions(
  options: GenerateOptions,
  parameters: SamplingParameters,
): void {
  if (parameters.grammar !== undefined && parameters.jsonSchema !== undefined) {
    throw contradiction("jsonSchema", "grammar and jsonSchema both say what the text may be");
  }
  if (parameters.temperature === 0 && parameters.xtc) {
    throw contradiction(
      "xtc",
      "temperature 0 always takes the likeliest token, which xtc drops now and then",
    );
  }
  if (parameters.mirostat) refuseBesideMirostat(options, parameters);
}

function refuseBesideMirostat(options: GenerateOptions, parameters: SamplingParameters): void {
  if (parameters.temperature === 0) {
    throw contradiction("mirostat", "temperature 0 always takes the likeliest token");
  }
  const { topK, topP, minP, typicalP, topNSigma, xtc, dynamicTemperature } = parameters;
  const active: Partial<Record<keyof GenerateOptions, boolean>> = {
    topK: topK > 0,
    topP: topP < 1,
    minP: minP > 0,
    typicalP: typicalP < 1,
    topNSigma: topNSigma > 0,
    xtc: xtc !== undefined,
    dynamicTemperature: dynamicTemperature !== undefined,
  };
  for (const [name, isActive] of Object.entries(active)) {
    if (isActive && options[name as keyof GenerateOptions] !== undefined) {
      throw contradiction(name, `mirostat takes the place of ${name}`);
    }
  }
}

function contradiction(parameter: string, reason: string): InferenceError {
  const sentence = reason.charAt(0).toUpperCase() + reason.slice(1);
  return new InferenceError("BAD_PARAMETER", `${sentence}. Leave one of the two out.`, {
    parameter,
  });
}
