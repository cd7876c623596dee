import type { Dialect } from "../dialect.ts";
import { openAICompatible, openAIOptions } from "./openai-compatible.ts";

/**
 * What every server of OpenAI's protocol has. `max_tokens: null` is "as many as fit" to vLLM, llama-server, TGI,
 * Ollama and ours.
 */
export const openai = (): Dialect =>
  openAICompatible({
    name: "OpenAI's protocol",
    options: openAIOptions,
    unlimited: { max_tokens: null },
  });
