import type { AIMessageFields, UsageMetadata } from "@langchain/core/messages";
import type { GenerationResult } from "@llama2-kit/protocol";

/** What the `response_metadata` of an answer holds. */
export interface Llama2ResponseMetadata {
  /** `llama2`. */
  readonly model_provider: string;
  readonly model_name: string;
  /** `stop`, `length`, `content_filter`, `tool_calls` or `aborted`: in the words of LangChain's other models. */
  readonly finish_reason: string;
  /** What else the model tells. */
  readonly llama2: Pick<
    GenerationResult,
    "contentFilter" | "logprobs" | "seed" | "stopString" | "timings" | "warnings"
  >;
}

/** An answer in LangChain's terms. */
export interface Answer {
  readonly usage: UsageMetadata;
  readonly finishReason: string;
  /** What a message is made of. */
  readonly fields: AIMessageFields;
}

/**
 * Makes what LangChain's messages are made of.
 *
 * @param content - the text of the message: all of it, or none in a stream's last chunk
 * @param result - what the generation came to
 * @param modelId - what answered
 */
export function toAnswer(content: string, result: GenerationResult, modelId: string): Answer {
  const { promptTokens, cachedTokens, completionTokens } = result.usage;
  const { contentFilter, logprobs, seed, stopString, timings, warnings } = result;
  const usage: UsageMetadata = {
    input_tokens: promptTokens,
    output_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    input_token_details: { cache_read: cachedTokens },
  };
  const metadata: Llama2ResponseMetadata = {
    model_provider: "llama2",
    model_name: modelId,
    finish_reason: result.finishReason.replace("-", "_"),
    llama2: {
      timings,
      ...(seed !== undefined && { seed }),
      ...(stopString !== undefined && { stopString }),
      ...(logprobs && { logprobs }),
      ...(contentFilter && { contentFilter }),
      ...(warnings && { warnings }),
    },
  };
  // Under exactOptionalPropertyTypes, LangChain's type has no value left for usage_metadata.
  const fields: object = { content, usage_metadata: usage, response_metadata: metadata };
  return { usage, finishReason: metadata.finish_reason, fields: fields as AIMessageFields };
}
