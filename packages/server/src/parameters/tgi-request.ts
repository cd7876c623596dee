import type { GenerateOptions } from "@llama2-kit/protocol";
import { badRequest, unsupported } from "../error.ts";
import { Fields } from "../fields.ts";
import { readTgiGrammar } from "./constraint.ts";
import { readMaxTokens, readSeed, readStop } from "./generation-limits.ts";
import { type OptionsDraft, set } from "./sampling.ts";

/** What a request of Text Generation Inference's asks for. */
export interface TgiRequest {
  readonly inputs: string;
  readonly stream: boolean;
  readonly adapter: string | undefined;
  readonly details: boolean;
  readonly returnFullText: boolean;
  readonly options: GenerateOptions;
}

/** As in TGI's router. */
const DEFAULT_MAX_TOKENS = 100;

/**
 * Reads a request of Text Generation Inference's. As there, the likeliest token is taken unless something asks for
 * sampling. Source: huggingface/text-generation-inference, router/src/lib.rs and server/utils/tokens.py.
 *
 * @throws ServerError `BAD_REQUEST` or `UNSUPPORTED`
 */
export function readTgiRequest(fields: Fields): TgiRequest {
  const inputs = fields.string("inputs");
  if (inputs === undefined || inputs === "")
    throw fields.wrong("inputs", "a text that is not empty");
  const parameters = fields.fields("parameters") ?? new Fields({}, "parameters.");
  refuseUnsupported(parameters);
  const details = parameters.boolean("details") ?? false;
  const top = parameters.integer("top_n_tokens", { min: 0, max: 20 });
  const options: OptionsDraft = {
    ...readTgiSampling(parameters),
    ...readTgiGrammar(parameters),
    maxTokens: readMaxTokens(parameters, "max_new_tokens") ?? DEFAULT_MAX_TOKENS,
  };
  if (details || top) options.logprobs = top ?? 0;
  set(options, "stop", readStop(parameters));
  set(options, "seed", readSeed(parameters));
  return {
    inputs,
    stream: fields.boolean("stream") ?? false,
    adapter: parameters.string("adapter_id"),
    details,
    returnFullText: parameters.boolean("return_full_text") ?? false,
    options,
  };
}

function readTgiSampling(parameters: Fields): OptionsDraft {
  const temperature = parameters.number("temperature");
  const topK = parameters.integer("top_k");
  const topP = parameters.number("top_p");
  const typicalP = parameters.number("typical_p");
  const isWarped = [topK, topP, typicalP].some((value) => value !== undefined);
  const isSampled = isWarped || (temperature !== undefined && temperature !== 1);
  if (!isSampled && !parameters.boolean("do_sample"))
    return withPenalties(parameters, { temperature: 0 });
  return withPenalties(parameters, {
    temperature: temperature ?? 1,
    topK: topK ?? 0,
    topP: topP ?? 1,
    ...(typicalP !== undefined && { typicalP }),
  });
}

function withPenalties(parameters: Fields, options: OptionsDraft): OptionsDraft {
  set(options, "repeatPenalty", parameters.number("repetition_penalty"));
  set(options, "frequencyPenalty", parameters.number("frequency_penalty"));
  return options;
}

function refuseUnsupported(parameters: Fields): void {
  const best = parameters.integer("best_of");
  if (best !== undefined && best !== 1) {
    throw badRequest("parameters.best_of", `parameters.best_of must be 1; it is ${best}.`);
  }
  for (const name of ["watermark", "decoder_input_details"]) {
    if (!parameters.boolean(name)) continue;
    throw unsupported(parameters.path(name), `${parameters.path(name)} is not supported.`);
  }
}
