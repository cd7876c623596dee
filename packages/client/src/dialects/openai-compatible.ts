import type { ChatMessage } from "@llama2-kit/protocol";
import type { Dialect, Fields, OptionTable, RequestOptions } from "../dialect.ts";
import { readOpenAIEvent } from "./openai-events.ts";

/** The options that every server of OpenAI's protocol has, as chats write them. */
export const openAIOptions: OptionTable = {
  maxTokens: "max_tokens",
  temperature: "temperature",
  topP: "top_p",
  seed: "seed",
  stop: "stop",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  logitBias: "logit_bias",
  jsonSchema: (schema) => ({
    response_format: { type: "json_schema", json_schema: { name: "answer", schema, strict: true } },
  }),
  logprobs: (alternatives) => ({ logprobs: true, top_logprobs: alternatives }),
};

/** How the servers of one kind differ from each other. */
export interface Differences {
  readonly name: string;
  /** What they can do; as chats write it. */
  readonly options: OptionTable;
  /** Fields of every request. */
  readonly fields?: Fields;
  /** Fields of a completion that sets no `maxTokens`. Many servers generate 16 tokens then, unless they are told otherwise. */
  readonly unlimited?: Fields;
  /** Whatever else they have. */
  readonly more?: Partial<Dialect>;
}

/** Makes the dialect of servers that speak OpenAI's protocol. */
export function openAICompatible(differences: Differences): Dialect {
  const { name, options, fields, unlimited, more } = differences;
  const { continueFinalMessage: _, ...completionOptions } = { ...options, logprobs: "logprobs" };
  return {
    name,
    chat(messages, request) {
      const body = { ...beginBody(request, fields), messages: messages.map(toMessage) };
      return { path: "chat/completions", body: { ...body, ...request.write(options) } };
    },
    complete(prompt, request) {
      const body = { ...beginBody(request, fields), ...unlimited, prompt };
      const written = request.write(completionOptions as OptionTable);
      return { path: "completions", body: { ...body, ...written } };
    },
    read: readOpenAIEvent,
    ...more,
  };
}

/** A message without whatever else the caller's object holds. */
export function toMessage({ role, content }: ChatMessage): ChatMessage {
  return { role, content };
}

function beginBody({ model }: RequestOptions, fields: Fields = INCLUDE_USAGE): Fields {
  return { ...(model !== undefined && { model }), stream: true, ...fields };
}

const INCLUDE_USAGE = { stream_options: { include_usage: true } };
