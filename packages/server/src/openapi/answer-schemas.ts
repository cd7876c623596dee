import {
  array,
  boolean,
  integer,
  number,
  object,
  optional,
  ref,
  type Schema,
  string,
  tokenIds,
} from "./schema.ts";

const reason: Schema = optional({
  enum: ["stop", "length", "tool_calls", "content_filter", "abort"],
});

const usage = object(
  {
    prompt_tokens: integer,
    completion_tokens: integer,
    total_tokens: integer,
    prompt_tokens_details: object({ cached_tokens: integer }),
  },
  ["prompt_tokens", "completion_tokens", "total_tokens"],
);

const tokenLogprob = object(
  {
    token: string,
    logprob: number,
    bytes: optional(array(integer)),
    top_logprobs: array(object({ token: string, logprob: number })),
  },
  ["token", "logprob", "top_logprobs"],
);

const logprobs = optional(object({ content: optional(array(tokenLogprob)) }, ["content"]));

const completionLogprobs = optional(
  object(
    {
      tokens: array(string),
      token_logprobs: array(optional(number)),
      top_logprobs: array({ type: "object" }),
      text_offset: array(integer),
    },
    ["tokens", "token_logprobs", "top_logprobs", "text_offset"],
  ),
);

function answer(kind: string, choice: Schema): Schema {
  return object(
    {
      id: string,
      object: { const: kind },
      created: integer,
      model: string,
      choices: array(choice),
      usage: optional(ref("Usage")),
    },
    ["id", "object", "created", "model", "choices"],
  );
}

const model = object(
  {
    id: string,
    object: { const: "model" },
    created: integer,
    owned_by: string,
    root: string,
    parent: optional(string),
    max_model_len: integer,
  },
  ["id", "object", "created", "owned_by"],
);

/** What answers hold. */
export const answerSchemas: Readonly<Record<string, Schema>> = {
  Usage: usage,
  Error: object(
    {
      error: object(
        { message: string, type: string, param: optional(string), code: optional(string) },
        ["message", "type", "param", "code"],
      ),
    },
    ["error"],
  ),
  ChatCompletion: answer(
    "chat.completion",
    object(
      {
        index: integer,
        message: object({ role: { const: "assistant" }, content: string }, ["role", "content"]),
        logprobs,
        finish_reason: reason,
        stop_reason: string,
      },
      ["index", "message", "finish_reason"],
    ),
  ),
  ChatChunk: answer(
    "chat.completion.chunk",
    object(
      {
        index: integer,
        delta: object({ role: { const: "assistant" }, content: string }),
        logprobs,
        finish_reason: reason,
        stop_reason: string,
      },
      ["index", "delta", "finish_reason"],
    ),
  ),
  Completion: answer(
    "text_completion",
    object(
      {
        index: integer,
        text: string,
        logprobs: completionLogprobs,
        finish_reason: reason,
        stop_reason: string,
      },
      ["index", "text", "finish_reason"],
    ),
  ),
  EmbeddingList: object(
    {
      object: { const: "list" },
      data: array(
        object(
          {
            object: { const: "embedding" },
            index: integer,
            embedding: { anyOf: [string, array(number)] },
          },
          ["object", "index", "embedding"],
        ),
      ),
      model: string,
      usage: object({ prompt_tokens: integer, total_tokens: integer }, [
        "prompt_tokens",
        "total_tokens",
      ]),
    },
    ["object", "data", "model", "usage"],
  ),
  Model: model,
  ModelList: object({ object: { const: "list" }, data: array(ref("Model")) }, ["object", "data"]),
  Tokens: {
    anyOf: [
      object(
        {
          count: integer,
          max_model_len: optional(integer),
          tokens: tokenIds,
          token_strs: optional(array(string)),
        },
        ["count", "tokens"],
      ),
      object({ tokens: { type: "array" } }, ["tokens"]),
      array(
        object({ id: integer, text: string, start: integer, stop: integer }, [
          "id",
          "text",
          "start",
          "stop",
        ]),
      ),
    ],
  },
  Text: object({ prompt: string, content: string }, ["prompt", "content"]),
  Prompt: object({ prompt: string }, ["prompt"]),
  OllamaAnswer: object(
    {
      model: string,
      created_at: string,
      message: object({ role: { const: "assistant" }, content: string }, ["role", "content"]),
      done: boolean,
      done_reason: { enum: ["stop", "length", "load"] },
      total_duration: integer,
      load_duration: integer,
      prompt_eval_count: integer,
      prompt_eval_duration: integer,
      eval_count: integer,
      eval_duration: integer,
    },
    ["model", "created_at", "message", "done"],
  ),
  OllamaError: object({ error: string }, ["error"]),
  OllamaModels: object(
    { models: array(object({ name: string, model: string }, ["name", "model"])) },
    ["models"],
  ),
  TgiAnswer: object({ generated_text: string, details: optional({ type: "object" }) }, [
    "generated_text",
  ]),
  TgiEvent: object(
    {
      index: integer,
      token: object({ id: integer, text: string, logprob: optional(number), special: boolean }, [
        "id",
        "text",
        "logprob",
        "special",
      ]),
      generated_text: optional(string),
      details: optional({ type: "object" }),
    },
    ["index", "token", "generated_text", "details"],
  ),
  TgiError: object({ error: string, error_type: string }, ["error", "error_type"]),
  Status: object(
    { status: { enum: ["ok", "ready", "loading", "draining"] }, models: array(string) },
    ["status"],
  ),
};
