import type { ChatOptions, GenerateOptions } from "@llama2-kit/protocol";
import { answerRequest } from "../answer-request.ts";
import { badRequest } from "../error.ts";
import { Fields } from "../fields.ts";
import { newHead } from "../openai/answer-head.ts";
import { OpenAIWriter } from "../openai/answer-writer.ts";
import { chatShape, toChatCompletion } from "../openai/chat-shape.ts";
import { chooseAdapters } from "../parameters/lora.ts";
import { readMessages } from "../parameters/messages.ts";
import { readOpenAIRequest, readTokenLimit } from "../parameters/openai-request.ts";
import { readJson } from "../request-body.ts";
import type { RouteHandler } from "../service.ts";
import { refuseTooLong } from "../text-length.ts";

/** `POST /v1/chat/completions` */
export const chatCompletions: RouteHandler = async (exchange, service) => {
  const fields = new Fields(await readJson(exchange.request, service.limits.maxBodyBytes));
  const messages = readMessages(fields);
  const more = { ...readTokenLimit(fields), ...readLogprobs(fields), ...readPrefill(fields) };
  const request = readOpenAIRequest(fields, service.limits, more);
  const { served, options } = chooseAdapters(fields, service.models.find(request.model));
  const { model } = served;
  refuseTooLong(model, "messages", ...messages.map(({ content }) => content));
  const head = newHead("chatcmpl", served.name);
  return answerRequest(exchange, service, {
    served,
    count: request.n,
    start: (index, signal) =>
      model.chat(messages, {
        ...request.optionsOf(index),
        ...options,
        signal,
      }),
    writer: request.stream ? new OpenAIWriter(head, chatShape, request, request.n) : undefined,
    whole: (results) => toChatCompletion(head, results, request),
  });
};

const MOST_ALTERNATIVES = 20;

function readLogprobs(fields: Fields): GenerateOptions {
  const top = fields.integer("top_logprobs", { min: 0, max: MOST_ALTERNATIVES });
  if (fields.boolean("logprobs")) return { logprobs: top ?? 0 };
  if (!top) return {};
  throw badRequest("top_logprobs", "top_logprobs needs logprobs to be true.");
}

/** vLLM's way to have the last message, the assistant's, continued. */
function readPrefill(fields: Fields): ChatOptions {
  if (!fields.boolean("continue_final_message")) return {};
  if (fields.boolean("add_generation_prompt")) {
    const message = "continue_final_message and add_generation_prompt cannot both be true.";
    throw badRequest("continue_final_message", message);
  }
  return { continueFinalMessage: true };
}
