import type {
  GenerationResult,
  OpenAICompletionLogprobs,
  OpenAIContentLogprob,
  OpenAILogprobs,
  OpenAITokenLogprob,
  TokenLogprob,
  TokenProbability,
} from "@llama2-kit/protocol";

const encoder = new TextEncoder();

/** What stands in a text for a part of a character. */
const REPLACEMENT = "\u{fffd}";

/** An answer's log probabilities, without that of the token which ended it: that is no part of the text. */
export function logprobsOfText(result: GenerationResult): readonly TokenLogprob[] | undefined {
  const { logprobs, finishReason, stopString, usage } = result;
  const isEnded = finishReason === "stop" && stopString === undefined;
  const hasEnd = isEnded && logprobs?.length === usage.completionTokens;
  return hasEnd ? logprobs.slice(0, -1) : logprobs;
}

/** Log probabilities as chats tell them. */
export function toChatLogprobs(logprobs: readonly TokenLogprob[]): OpenAILogprobs {
  return { content: logprobs.map(toContent) };
}

function toContent(token: TokenLogprob): OpenAIContentLogprob {
  return { ...toToken(token), top_logprobs: token.top.map(toToken) };
}

function toToken({ text, logprob }: TokenProbability): OpenAITokenLogprob {
  // Of a token that is a part of a character, its bytes are not known here.
  const bytes = text.includes(REPLACEMENT) ? null : [...encoder.encode(text)];
  return { token: text, logprob: toFinite(logprob), bytes };
}

/** JSON has no infinity; OpenAI tells -9999 of a token that cannot come. */
function toFinite(logprob: number): number {
  return Math.max(logprob, -9999);
}

/**
 * Log probabilities as completions tell them.
 *
 * @param offset - where the first token begins, in characters from the text's beginning
 */
export function toCompletionLogprobs(
  logprobs: readonly TokenLogprob[],
  offset: number,
): OpenAICompletionLogprobs {
  let at = offset;
  return {
    tokens: logprobs.map(({ text }) => text),
    token_logprobs: logprobs.map(({ logprob }) => toFinite(logprob)),
    top_logprobs: logprobs.map(({ top }) => Object.fromEntries(top.map(toEntry))),
    text_offset: logprobs.map(({ text }) => {
      const begin = at;
      at += text.length;
      return begin;
    }),
  };
}

function toEntry({ text, logprob }: TokenProbability): [string, number] {
  return [text, toFinite(logprob)];
}
