import type { Dialect } from "../dialect.ts";
import { openAICompatible, openAIOptions } from "./openai-compatible.ts";

const { logprobs: _, ...options } = openAIOptions;

/** LM Studio's OpenAI server. Source: its documentation, "OpenAI compatible endpoints". */
export const lmStudio: Dialect = openAICompatible({
  name: "LM Studio",
  options: { ...options, topK: "top_k", repeatPenalty: "repeat_penalty" },
  takesIds: false,
});
