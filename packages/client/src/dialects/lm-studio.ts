import type { Dialect } from "../dialect.ts";
import { openAICompatible, openAIOptions } from "./openai-compatible.ts";
import { openAIRoutes } from "./openai-routes.ts";
import { textOnly } from "./text-only.ts";

const { logprobs: _, ...options } = openAIOptions;

/** LM Studio's OpenAI server. Source: its documentation, "OpenAI compatible endpoints". */
export const lmStudio: Dialect = textOnly(
  openAICompatible({
    name: "LM Studio",
    options: { ...options, topK: "top_k", repeatPenalty: "repeat_penalty" },
    more: openAIRoutes,
  }),
);
