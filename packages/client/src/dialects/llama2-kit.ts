import type { Dialect } from "../dialect.ts";
import { llamaServerTexts, samplingOptions } from "./llama-server.ts";
import { openAICompatible } from "./openai-compatible.ts";
import { openAIExtras } from "./openai-extras.ts";

/** The server of `@llama2-kit/server`: OpenAI's protocol, with all of the contract's options by llama-server's names. */
export const llama2Kit = (): Dialect =>
  openAICompatible({
    name: "@llama2-kit/server",
    options: {
      ...samplingOptions,
      maxTokens: "max_tokens",
      logprobs: (alternatives) => ({ logprobs: true, top_logprobs: alternatives }),
      adapter: (adapter) => ({
        lora: typeof adapter === "string" ? [{ name: adapter }] : adapter,
      }),
      continueFinalMessage: "continue_final_message",
    },
    fields: {
      stream_options: { include_usage: true },
      return_progress: true,
      return_token_ids: true,
    },
    unlimited: { max_tokens: -1 },
    more: { ...openAIExtras, ...llamaServerTexts },
  });
