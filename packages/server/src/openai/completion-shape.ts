import type { GenerationResult, OpenAICompletion } from "@llama2-kit/protocol";
import type { OpenAIRequest } from "../parameters/openai-request.ts";
import type { AnswerHead, EventShape } from "./answer-writer.ts";
import { logprobsOfText, toCompletionLogprobs } from "./logprobs.ts";
import { toFinishReason, toUsage } from "./usage.ts";

/** @param echoes - what is told of each choice's prompt; empty where that is not asked for */
export function completionShape(echoes: readonly string[]): EventShape {
  /** Where each choice's next token begins. */
  const offsets = echoes.map(({ length }) => length);
  return {
    object: "text_completion" satisfies OpenAICompletion["object"],
    opening: (index) =>
      echoes[index] ? { content: { text: echoes[index], logprobs: null } } : undefined,
    text: { before: '"text":', after: "" },
    closing: { text: "" },
    logprobs(logprobs, index) {
      const told = toCompletionLogprobs(logprobs, offsets[index] ?? 0);
      offsets[index] = (offsets[index] ?? 0) + told.tokens.join("").length;
      return told;
    },
  };
}

/** A completion's whole answer. */
export function toCompletion(
  head: AnswerHead,
  results: readonly GenerationResult[],
  { n, tokenIds }: OpenAIRequest,
  echoes: readonly string[],
): OpenAICompletion {
  return {
    id: head.id,
    object: "text_completion",
    created: head.created,
    model: head.model,
    choices: results.map((result, index) => {
      const { text, tokens, finishReason, stopString } = result;
      const echo = echoes[index] ?? "";
      const logprobs = logprobsOfText(result);
      return {
        index,
        text: `${echo}${text}`,
        logprobs: logprobs ? toCompletionLogprobs(logprobs, echo.length) : null,
        finish_reason: toFinishReason(finishReason),
        ...(stopString !== undefined && { stop_reason: stopString }),
        ...(tokenIds && tokens && { token_ids: tokens }),
      };
    }),
    usage: toUsage(results, n),
  };
}
