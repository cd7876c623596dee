import type { AdapterChoice } from "@llama2-kit/protocol";
import type { Dialect } from "../dialect.ts";
import { ClientError } from "../error.ts";
import { openAICompatible, openAIOptions } from "./openai-compatible.ts";
import { openAIExtras } from "./openai-extras.ts";

/** vLLM's OpenAI server. Source: vllm/entrypoints/openai/chat_completion/protocol.py, and its docs. */
export const vllm = (): Dialect =>
  openAICompatible({
    name: "vLLM",
    options: {
      ...openAIOptions,
      // Older versions refuse 0.
      topK: (k) => ({ top_k: k || -1 }),
      minP: "min_p",
      repeatPenalty: "repetition_penalty",
      // xgrammar, which reads it, takes GBNF.
      grammar: (grammar) => ({ structured_outputs: { grammar } }),
      // Its lowest numbers begin first.
      priority: (priority) => ({ priority: -Math.round(priority) }),
      adapter: (adapter) => ({ model: onlyAdapter("vLLM", adapter) }),
      continueFinalMessage: (continues) => ({
        continue_final_message: continues,
        add_generation_prompt: !continues,
      }),
    },
    unlimited: { max_tokens: null },
    more: {
      ...openAIExtras,
      tokenize: {
        write: (text, model) => ({
          path: "/tokenize",
          body: { model, prompt: text, add_special_tokens: false },
        }),
        read: (json) => (json as { tokens: number[] }).tokens,
      },
      detokenize: {
        write: (tokens, model) => ({ path: "/detokenize", body: { model, tokens } }),
        read: (json) => (json as { prompt: string }).prompt,
      },
    },
  });

/**
 * The name of the one adapter that is asked for.
 *
 * @throws ClientError `UNSUPPORTED` where there are several, or one with a scale
 */
export function onlyAdapter(server: string, adapter: string | readonly AdapterChoice[]): string {
  if (typeof adapter === "string") return adapter;
  const [first, ...others] = adapter;
  if (first && others.length === 0 && (first.scale ?? 1) === 1) return first.name;
  throw new ClientError(
    "UNSUPPORTED",
    `${server} answers with one adapter, at the scale that it was trained with. Name just that one.`,
    { parameter: "adapter" },
  );
}
