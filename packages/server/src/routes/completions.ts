import type { ChatModel, GenerateOptions } from "@llama2-kit/protocol";
import { answerRequest } from "../answer-request.ts";
import { unsupported } from "../error.ts";
import { Fields, isTokenIds } from "../fields.ts";
import { newHead } from "../openai/answer-head.ts";
import { OpenAIWriter } from "../openai/answer-writer.ts";
import { completionShape, toCompletion } from "../openai/completion-shape.ts";
import { chooseAdapters } from "../parameters/lora.ts";
import { readOpenAIRequest, readTokenLimit } from "../parameters/openai-request.ts";
import { readJson } from "../request-body.ts";
import type { RouteHandler } from "../service.ts";
import { refuseTooLong } from "../text-length.ts";

/** What OpenAI generates where a completion sets no limit. */
const DEFAULT_MAX_TOKENS = 16;

/** `POST /v1/completions` */
export const completions: RouteHandler = async (exchange, service) => {
  const fields = new Fields(await readJson(exchange.request, service.limits.maxBodyBytes));
  const prompts = readPrompts(fields, service.limits.maxChoices);
  const more = { maxTokens: DEFAULT_MAX_TOKENS, ...readUnlimited(fields), ...readLogprobs(fields) };
  const maxChoices = Math.floor(service.limits.maxChoices / prompts.length);
  const request = readOpenAIRequest(fields, { maxChoices }, more);
  const { served, options } = chooseAdapters(fields, service.models.find(request.model));
  const { model } = served;
  for (const prompt of prompts)
    if (typeof prompt === "string") refuseTooLong(model, "prompt", prompt);
  const { n } = request;
  const count = prompts.length * n;
  const promptOf = (index: number) => prompts[Math.floor(index / n)] ?? "";
  const told = fields.boolean("echo") ? await echo(prompts, model, more) : [];
  const echoes = Array.from({ length: count }, (_, index) => told[Math.floor(index / n)] ?? "");
  const head = newHead("cmpl", served.name);
  return answerRequest(exchange, service, {
    served,
    count,
    start: (index, signal) =>
      model.complete(promptOf(index), {
        ...request.optionsOf(index),
        ...options,
        signal,
      }),
    writer: request.stream
      ? new OpenAIWriter(head, completionShape(echoes), request, count)
      : undefined,
    whole: (results) => toCompletion(head, results, request, echoes),
  });
};

type Prompt = string | readonly number[];

/** A text, several, token ids, or several of those. */
function readPrompts(fields: Fields, most: number): readonly Prompt[] {
  const prompt = fields.raw("prompt");
  const isPrompt = (one: unknown): one is Prompt => typeof one === "string" || isTokenIds(one);
  if (isPrompt(prompt) && (typeof prompt === "string" || prompt.length > 0)) return [prompt];
  if (
    Array.isArray(prompt) &&
    prompt.length > 0 &&
    prompt.length <= most &&
    prompt.every(isPrompt)
  ) {
    return prompt;
  }
  throw fields.wrong(
    "prompt",
    `a text, an array of token ids, or an array of at most ${most} of these`,
  );
}

/**
 * With a limit of -1 there is none, and with `null` neither: so say vLLM, llama-server and TGI, and clients that want an
 * answer whole can say nothing else to all of them. Left out, it is OpenAI's.
 */
function readUnlimited(fields: Fields): GenerateOptions {
  const isSet = ["max_completion_tokens", "max_tokens", "n_predict"].some((name) =>
    fields.has(name),
  );
  return isSet ? { maxTokens: undefined, ...readTokenLimit(fields) } : {};
}

const MOST_ALTERNATIVES = 20;

/** How many of the likeliest tokens to tell, as OpenAI's completions and as llama-server write it. */
function readLogprobs(fields: Fields): GenerateOptions {
  const range = { min: 0, max: MOST_ALTERNATIVES };
  const logprobs =
    fields.integer("logprobs", range) ?? (fields.integer("n_probs", range) || undefined);
  return logprobs === undefined ? {} : { logprobs };
}

/** The prompts as text, to be told in front of what continues them. */
function echo(
  prompts: readonly Prompt[],
  model: ChatModel,
  { logprobs }: GenerateOptions,
): Promise<string[]> {
  if (logprobs !== undefined) {
    throw unsupported(
      "echo",
      "echo and logprobs cannot both be asked for: those of prompts are not known.",
    );
  }
  return Promise.all(
    prompts.map((prompt) => {
      if (typeof prompt === "string") return prompt;
      if (model.detokenize) return model.detokenize(prompt);
      throw unsupported("echo", "This model cannot tell the text of token ids.");
    }),
  );
}
