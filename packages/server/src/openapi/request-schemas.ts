import {
  allOptional,
  array,
  boolean,
  integer,
  number,
  object,
  optional,
  ref,
  type Schema,
  string,
  stringOrStrings,
  tokenIds,
} from "./schema.ts";

/** How to sample: OpenAI's fields, and llama.cpp's that vLLM, llama-server and Ollama add. */
const sampling: Readonly<Record<string, Schema>> = {
  temperature: { type: "number", minimum: 0 },
  top_p: { type: "number", exclusiveMinimum: 0, maximum: 1 },
  top_k: { type: "integer", description: "0 and less: off." },
  min_p: { type: "number", minimum: 0, maximum: 1 },
  typical_p: { type: "number", exclusiveMinimum: 0, maximum: 1 },
  top_n_sigma: number,
  repetition_penalty: { type: "number", exclusiveMinimum: 0 },
  repeat_penalty: { type: "number", exclusiveMinimum: 0 },
  repeat_last_n: integer,
  frequency_penalty: { type: "number", minimum: -2, maximum: 2 },
  presence_penalty: { type: "number", minimum: -2, maximum: 2 },
  mirostat: { enum: [0, 2] },
  mirostat_tau: number,
  mirostat_eta: number,
  dynatemp_range: number,
  dynatemp_exponent: number,
  xtc_probability: number,
  xtc_threshold: number,
  dry_multiplier: number,
  dry_base: number,
  dry_allowed_length: integer,
  dry_penalty_last_n: integer,
  dry_sequence_breakers: array(string),
  logit_bias: {
    anyOf: [{ type: "object", additionalProperties: number }, array({ type: "array" })],
  },
  stop: stringOrStrings,
  seed: { type: "integer", description: "-1: a random one." },
};

const format = object(
  {
    type: { enum: ["text", "json_object", "json_schema"] },
    json_schema: object({ name: string, schema: { type: "object" }, strict: optional(boolean) }),
  },
  ["type"],
);

const lora = array(
  object(allOptional({ id: { type: "integer", minimum: 0 }, name: string, scale: number })),
);

const common = {
  model: { type: "string", description: "Without it, the first model answers." },
  ...sampling,
  n: { type: "integer", minimum: 1 },
  max_tokens: { type: "integer", description: "Less than 0, or null: as many as fit." },
  stream: boolean,
  stream_options: object({
    include_usage: optional(boolean),
    continuous_usage_stats: optional(boolean),
  }),
  response_format: format,
  json_schema: { type: "object" },
  grammar: { type: "string", description: "In llama.cpp's GBNF." },
  structured_outputs: object({ json: { type: "object" }, grammar: string, choice: array(string) }),
  lora: { ...lora, description: "The LoRA adapters to answer with, by id or name." },
  return_token_ids: boolean,
  return_progress: boolean,
};

const part = object({ type: { enum: ["text", "refusal"] }, text: string }, ["type"]);
const message = object(
  {
    role: { enum: ["system", "developer", "user", "assistant"] },
    content: { anyOf: [string, array({ anyOf: [string, part] })] },
  },
  ["role", "content"],
);

/** What requests hold. */
export const requestSchemas: Readonly<Record<string, Schema>> = {
  Message: message,
  ChatRequest: object(
    {
      ...allOptional(common),
      messages: array(ref("Message")),
      max_completion_tokens: optional(integer),
      logprobs: optional(boolean),
      top_logprobs: optional({ type: "integer", minimum: 0, maximum: 20 }),
      continue_final_message: optional(boolean),
      add_generation_prompt: optional(boolean),
    },
    ["messages"],
  ),
  CompletionRequest: object(
    {
      ...allOptional(common),
      prompt: {
        anyOf: [
          string,
          { ...tokenIds, minItems: 1 },
          { type: "array", items: { anyOf: [string, tokenIds] }, minItems: 1 },
        ],
      },
      echo: optional(boolean),
      logprobs: optional({ type: "integer", minimum: 0, maximum: 20 }),
    },
    ["prompt"],
  ),
  EmbeddingRequest: object(
    {
      model: optional(string),
      input: {
        anyOf: [
          { type: "string", minLength: 1 },
          { type: "array", minItems: 1 },
        ],
      },
      encoding_format: optional({ enum: ["float", "base64"] }),
      dimensions: optional(integer),
    },
    ["input"],
  ),
  TokenizeRequest: object(
    {
      model: optional(string),
      prompt: optional(string),
      messages: optional(array(ref("Message"))),
      content: optional(string),
      inputs: optional(string),
      add_special_tokens: optional(boolean),
      return_token_strs: optional(boolean),
      add_special: optional(boolean),
      with_pieces: optional(boolean),
    },
    [],
    "As vLLM has it with prompt or messages, as llama-server does with content, as TGI does with inputs.",
  ),
  DetokenizeRequest: object({ model: optional(string), tokens: tokenIds }, ["tokens"]),
  TemplateRequest: object({ model: optional(string), messages: array(ref("Message")) }, [
    "messages",
  ]),
  OllamaChatRequest: object(
    {
      model: optional(string),
      messages: array(ref("Message")),
      stream: optional(boolean),
      format: optional({ anyOf: [{ enum: ["json", ""] }, { type: "object" }] }),
      options: optional(object(allOptional({ ...sampling, num_predict: integer }))),
      logprobs: optional(boolean),
      top_logprobs: optional(integer),
    },
    ["messages"],
  ),
  TgiRequest: object(
    {
      inputs: { type: "string", minLength: 1 },
      stream: optional(boolean),
      parameters: optional(
        object(
          allOptional({
            max_new_tokens: integer,
            do_sample: boolean,
            temperature: number,
            top_k: integer,
            top_p: number,
            typical_p: number,
            repetition_penalty: number,
            frequency_penalty: number,
            stop: stringOrStrings,
            seed: integer,
            details: boolean,
            return_full_text: boolean,
            top_n_tokens: integer,
            adapter_id: string,
            grammar: object(
              { type: { enum: ["json", "json_object"] }, value: { type: "object" } },
              ["type", "value"],
            ),
          }),
        ),
      ),
    },
    ["inputs"],
  ),
};
