import type { Dialect } from "../dialect.ts";
import { openAICompatible, openAIOptions } from "./openai-compatible.ts";
import { openAIExtras } from "./openai-extras.ts";
import { textOnly } from "./text-only.ts";

/**
 * Llama 2 from Azure AI's model catalogue. Its endpoints refuse fields that they do not know, so there is no
 * `stream_options`. Source: meta-llama/llama-recipes, Azure_API_example; the types of azure-rest/ai-inference.
 */
export function azure(): Dialect {
  const { logprobs: _, logitBias: __, jsonSchema: ___, ...options } = openAIOptions;
  return textOnly(openAICompatible({ name: "Azure", options, fields: {}, more: openAIExtras }));
}
