import type { GenerationResult, OpenAIChatChunk, OpenAIChatCompletion } from "@llama2-kit/protocol";
import type { OpenAIRequest } from "../parameters/openai-request.ts";
import type { AnswerHead, EventShape } from "./answer-writer.ts";
import { logprobsOfText, toChatLogprobs } from "./logprobs.ts";
import { toFinishReason, toUsage } from "./usage.ts";

/** A chat's stream: deltas of a message, of which the first tells the role. */
export const chatShape: EventShape = {
  object: "chat.completion.chunk" satisfies OpenAIChatChunk["object"],
  opening: () => ({ content: { delta: { role: "assistant", content: "" }, logprobs: null } }),
  text: { before: '"delta":{"content":', after: "}" },
  closing: { delta: {} },
  logprobs: toChatLogprobs,
};

/** A chat's whole answer. */
export function toChatCompletion(
  head: AnswerHead,
  results: readonly GenerationResult[],
  { n, tokenIds }: OpenAIRequest,
): OpenAIChatCompletion {
  return {
    id: head.id,
    object: "chat.completion",
    created: head.created,
    model: head.model,
    choices: results.map((result, index) => {
      const { text, tokens, finishReason, stopString } = result;
      const logprobs = logprobsOfText(result);
      return {
        index,
        message: { role: "assistant" as const, content: text },
        logprobs: logprobs ? toChatLogprobs(logprobs) : null,
        finish_reason: toFinishReason(finishReason),
        ...(stopString !== undefined && { stop_reason: stopString }),
        ...(tokenIds && tokens && { token_ids: tokens }),
      };
    }),
    usage: toUsage(results, n),
  };
}
