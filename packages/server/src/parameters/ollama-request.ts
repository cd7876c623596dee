import type { GenerateOptions } from "@llama2-kit/protocol";
import { unsupported } from "../error.ts";
import { Fields } from "../fields.ts";
import { readOllamaFormat } from "./constraint.ts";
import { readMaxTokens, readSeed } from "./generation-limits.ts";
import { readSampling, set } from "./sampling.ts";

/** What a chat request of Ollama's asks for. */
export interface OllamaRequest {
  readonly model: string | undefined;
  readonly stream: boolean;
  readonly options: GenerateOptions;
}

/**
 * Reads a chat request of Ollama's, whose `options` are llama.cpp's.
 *
 * @throws ServerError `BAD_REQUEST` or `UNSUPPORTED`
 */
export function readOllamaRequest(fields: Fields): OllamaRequest {
  if ((fields.array("tools")?.length ?? 0) > 0) {
    throw unsupported("tools", "tools are not supported. Llama 2 knows no tools.");
  }
  const inner = fields.fields("options") ?? new Fields({}, "options.");
  const options = { ...readSampling(inner), ...readOllamaFormat(fields) };
  set(options, "maxTokens", readMaxTokens(inner, "num_predict"));
  set(options, "seed", readSeed(inner));
  if (fields.boolean("logprobs")) {
    options.logprobs = fields.integer("top_logprobs", { min: 0, max: 20 }) ?? 0;
  }
  return {
    model: fields.string("model"),
    stream: fields.boolean("stream") ?? true,
    options,
  };
}
