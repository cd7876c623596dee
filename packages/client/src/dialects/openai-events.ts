import type {
  OpenAICompletionLogprobs,
  TokenLogprob,
  TokenProbability,
  Usage,
} from "@llama2-kit/protocol";
import type { Answer } from "../answer.ts";
import { isRecord } from "../describe.ts";
import type { Fields } from "../dialect.ts";
import { finish } from "../finish-reason.ts";

/** Reads an event of a chat's or a completion's stream, with what vLLM, SGLang and llama-server add to it. */
export function readOpenAIEvent(event: Fields, answer: Answer): string | undefined {
  const { usage, prompt_progress } = event;
  if (isRecord(usage)) answer.usage = readUsage(usage);
  readProgress(prompt_progress, answer);
  const choice = firstChoice(event);
  if (!choice) return undefined;
  const text = textOfChoice(choice);
  const logprobs = readLogprobs(choice);
  const { token_ids, finish_reason: word, stop_reason, matched_stop } = choice;
  const tokens = readTokens(token_ids);
  if (typeof text === "string") answer.text(text, tokens, logprobs);
  // The first reason is the one: a stream of nothing but reasons would fill the warnings.
  if (typeof word === "string" && !answer.hasFinished) {
    const stopString = stop_reason ?? matched_stop;
    if (typeof stopString === "string") answer.stopString = stopString;
    finish(answer, word);
  }
  const isTextAlone = !logprobs && !tokens && typeof word !== "string";
  return isTextAlone && typeof text === "string" ? text : undefined;
}

/** Where the text is in an event of a chat's or a completion's stream. */
export function textOfOpenAIEvent(event: unknown): unknown {
  const choice = isRecord(event) ? firstChoice(event) : undefined;
  return choice && textOfChoice(choice);
}

/** Of several answers to one request, which only `extraBody` can ask for, the first is the one that is read. */
function firstChoice(event: Fields): Fields | undefined {
  const { choices } = event;
  return Array.isArray(choices) ? choices.find(isFirst) : undefined;
}

function isFirst(choice: unknown): boolean {
  const { index = 0 } = isRecord(choice) ? choice : { index: -1 };
  return index === 0;
}

function textOfChoice({ delta, text }: Fields): unknown {
  const { content } = isRecord(delta) ? delta : { content: text };
  return content;
}

/** Tokens of the prompt that llama-server has read. */
export function readProgress(progress: unknown, answer: Answer): void {
  if (!isRecord(progress)) return;
  const { processed, total } = progress;
  answer.prompt(toCount(processed), toCount(total));
}

/** Usage as OpenAI's protocol tells it. */
function readUsage({ prompt_tokens, completion_tokens, prompt_tokens_details }: Fields): Usage {
  const { cached_tokens } = isRecord(prompt_tokens_details) ? prompt_tokens_details : {};
  return {
    promptTokens: toCount(prompt_tokens),
    cachedTokens: toCount(cached_tokens),
    completionTokens: toCount(completion_tokens),
  };
}

/** A number of tokens; 0 where a server tells none. */
export function toCount(value: unknown): number {
  return typeof value === "number" && value >= 0 ? value : 0;
}

/** Ids of tokens, where there are some. */
export function readTokens(ids: unknown): number[] | undefined {
  return Array.isArray(ids) && ids.length > 0 ? ids : undefined;
}

/** Probabilities in the form of chats, or in the older one of completions. */
function readLogprobs({ logprobs }: Fields): TokenLogprob[] | undefined {
  if (!isRecord(logprobs)) return undefined;
  const { content, tokens } = logprobs;
  if (Array.isArray(content)) return readTokenLogprobs(content);
  return Array.isArray(tokens) ? readLogprobLists(tokens, logprobs) : undefined;
}

/** Probabilities, one entry a token, each with those of the likeliest tokens. */
export function readTokenLogprobs(entries: readonly Fields[]): TokenLogprob[] {
  return entries.map((entry) => {
    const { top_logprobs: top } = entry;
    return { ...readProbability(entry), top: Array.isArray(top) ? top.map(readProbability) : [] };
  });
}

function readProbability(entry: Fields): TokenProbability {
  const { id, token, logprob } = entry;
  return {
    ...(typeof id === "number" && { token: id }),
    text: String(token),
    logprob: Number(logprob),
  };
}

function readLogprobLists(tokens: readonly unknown[], lists: Fields): TokenLogprob[] {
  const { token_logprobs, top_logprobs } = lists as unknown as OpenAICompletionLogprobs;
  return tokens.map((token, index) => ({
    text: String(token),
    logprob: Number(token_logprobs[index]),
    top: Object.entries(top_logprobs?.[index] ?? {})
      .map(([text, logprob]) => ({ text, logprob }))
      .sort((a, b) => b.logprob - a.logprob),
  }));
}
