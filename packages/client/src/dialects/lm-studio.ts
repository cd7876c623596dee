import type { Dialect } from "../dialect.ts";
import { openAICompatible, openAIOptions } from "./openai-compatible.ts";
import { openAIExtras } from "./openai-extras.ts";
import { textOnly } from "./text-only.ts";

/** LM Studio's OpenAI server. Source: its documentation, "OpenAI compatible endpoints". */
export function lmStudio(): Dialect {
  const { logprobs: _, ...others } = openAIOptions;
  const options = { ...others, topK: "top_k", repeatPenalty: "repeat_penalty" };
  return textOnly(openAICompatible({ name: "LM Studio", options, more: openAIExtras }));
}
