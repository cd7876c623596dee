import type { Dialect } from "../dialect.ts";
import { openAICompatible, openAIOptions } from "./openai-compatible.ts";
import { openAIExtras } from "./openai-extras.ts";
import { onlyAdapter } from "./vllm.ts";

/**
 * SGLang's OpenAI server. Source: python/sglang/srt/entrypoints/openai/protocol.py. A completion that sets no
 * `maxTokens` is of 16 tokens, and no value of the field means "as many as fit".
 */
export const sglang = (): Dialect =>
  openAICompatible({
    name: "SGLang",
    options: {
      ...openAIOptions,
      topK: (k) => ({ top_k: k || -1 }),
      minP: "min_p",
      repeatPenalty: "repetition_penalty",
      // xgrammar, which reads it, takes GBNF.
      grammar: "ebnf",
      priority: (priority) => ({ priority: Math.round(priority) }),
      adapter: (adapter) => ({ lora_path: onlyAdapter("SGLang", adapter) }),
      continueFinalMessage: "continue_final_message",
    },
    more: openAIExtras,
  });
