import type { FinishReason, GenerationResult, OpenAIUsage } from "@llama2-kit/protocol";

/** Our reasons in OpenAI's words; `abort` is vLLM's, for an answer that the server itself has ended early. */
const REASONS: Readonly<Record<FinishReason, string>> = {
  stop: "stop",
  length: "length",
  aborted: "abort",
  "content-filter": "content_filter",
  "tool-calls": "tool_calls",
};

export function toFinishReason(reason: FinishReason): string {
  return REASONS[reason];
}

/**
 * What a request took. Answers to the same prompt share it, so it counts once.
 *
 * @param results - `n` for each prompt, in the prompts' order
 */
export function toUsage(
  results: readonly Pick<GenerationResult, "usage">[],
  n: number,
): OpenAIUsage {
  let prompt = 0;
  let cached = 0;
  let completion = 0;
  for (const [index, { usage }] of results.entries()) {
    completion += usage.completionTokens;
    if (index % n !== 0) continue;
    prompt += usage.promptTokens;
    cached += usage.cachedTokens;
  }
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
  };
}
