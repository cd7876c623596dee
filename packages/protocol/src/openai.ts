/**
 * What goes over the wire between clients and servers of OpenAI's chat completions, completions, models and
 * embeddings, as far as a Llama 2 has a use for it. Written for both ends: what a client sends is all optional but for
 * what the protocol demands, and every type lets unknown fields through, as servers add their own.
 */

/** A message of a chat request. A server may be sent its content in parts. */
export interface OpenAIMessage {
  readonly role: string;
  readonly content: string | readonly OpenAIContentPart[] | null;
  readonly name?: string;
}

/** A part of a message's content. */
export interface OpenAIContentPart {
  readonly type: string;
  /** Of a part of the type `text`. */
  readonly text?: string;
}

/** Whether usage is told at the end of a stream. */
export interface OpenAIStreamOptions {
  /** One more chunk before `[DONE]`, which has no choices and tells the usage. */
  readonly include_usage?: boolean | null;
  /** Usage on every chunk; vLLM's. */
  readonly continuous_usage_stats?: boolean | null;
}

/** Only JSON, or only JSON of a schema. */
export interface OpenAIResponseFormat {
  readonly type: "text" | "json_object" | "json_schema";
  readonly json_schema?: {
    readonly name: string;
    readonly schema?: Readonly<Record<string, unknown>>;
    readonly strict?: boolean | null;
  };
}

/** The fields that chat requests and completion requests share. `null` is as if the field were absent. */
export interface OpenAISamplingFields {
  readonly model?: string;
  readonly stream?: boolean | null;
  readonly stream_options?: OpenAIStreamOptions | null;
  readonly max_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly n?: number | null;
  readonly stop?: string | readonly string[] | null;
  readonly seed?: number | null;
  /** From -2 to 2. */
  readonly frequency_penalty?: number | null;
  /** From -2 to 2. */
  readonly presence_penalty?: number | null;
  /** Added to the logits of tokens, by id: from -100 to 100. */
  readonly logit_bias?: Readonly<Record<string, number>> | null;
  readonly response_format?: OpenAIResponseFormat | null;
  readonly user?: string;
}

/** The body of `POST /v1/chat/completions`. */
export interface OpenAIChatRequest extends OpenAISamplingFields {
  readonly messages: readonly OpenAIMessage[];
  /** The name that OpenAI has given `max_tokens` since. */
  readonly max_completion_tokens?: number | null;
  /** Whether each token's log probability is told. */
  readonly logprobs?: boolean | null;
  /** How many of the likeliest tokens are told with each, from 0 to 20. */
  readonly top_logprobs?: number | null;
}

/** The body of `POST /v1/completions`. */
export interface OpenAICompletionRequest extends OpenAISamplingFields {
  /** A text, several, token ids, or several of those. */
  readonly prompt: string | readonly string[] | readonly number[] | readonly (readonly number[])[];
  readonly echo?: boolean | null;
  readonly suffix?: string | null;
  readonly best_of?: number | null;
  /** How many of the likeliest tokens are told with each token, from 0 to 5. */
  readonly logprobs?: number | null;
}

/** A token with its log probability. */
export interface OpenAITokenLogprob {
  readonly token: string;
  readonly logprob: number;
  /** The token's bytes in UTF-8, which may be a part of a character. */
  readonly bytes?: readonly number[] | null;
  /** llama-server tells the token's id as well. */
  readonly id?: number;
}

/** The log probabilities of a chat's tokens. */
export interface OpenAILogprobs {
  readonly content: readonly OpenAIContentLogprob[] | null;
}

/** A generated token with its log probability and those of the likeliest tokens in its place. */
export interface OpenAIContentLogprob extends OpenAITokenLogprob {
  readonly top_logprobs: readonly OpenAITokenLogprob[];
}

/** The log probabilities of a completion's tokens, in its older form: one entry a token in each list. */
export interface OpenAICompletionLogprobs {
  readonly tokens: readonly string[];
  readonly token_logprobs: readonly (number | null)[];
  readonly top_logprobs: readonly (Readonly<Record<string, number>> | null)[] | null;
  /** Where each token begins, in characters from the text's beginning. */
  readonly text_offset: readonly number[];
}

/** Why a choice ended. Servers add reasons of their own, such as vLLM's `abort`. */
export type OpenAIFinishReason =
  | "stop"
  | "length"
  | "tool_calls"
  | "content_filter"
  | "function_call"
  | (string & {});

/** Tokens that a request took. */
export interface OpenAIUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number | null } | null;
}

/** A piece of a tool call. Its `index` tells the pieces of several calls apart. */
export interface OpenAIToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: "function";
  readonly function?: { readonly name?: string; readonly arguments?: string };
}

/** A piece of an answer. */
export interface OpenAIChunkChoice {
  readonly index: number;
  readonly delta: {
    /** In the first chunk of a stream; in every one of TGI's. */
    readonly role?: string;
    readonly content?: string | null;
    readonly tool_calls?: readonly OpenAIToolCallDelta[];
  };
  readonly logprobs?: OpenAILogprobs | null;
  /** `null` until the last chunk. */
  readonly finish_reason: OpenAIFinishReason | null;
}

/** An event of a chat's stream. Before `[DONE]` there is one without choices, where usage was asked for. */
export interface OpenAIChatChunk {
  readonly id: string;
  readonly object: "chat.completion.chunk";
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint?: string | null;
  readonly choices: readonly OpenAIChunkChoice[];
  readonly usage?: OpenAIUsage | null;
}

/** The answer to a chat request that did not ask for a stream. */
export interface OpenAIChatCompletion {
  readonly id: string;
  readonly object: "chat.completion";
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint?: string | null;
  readonly choices: readonly {
    readonly index: number;
    readonly message: { readonly role: "assistant"; readonly content: string | null };
    readonly logprobs?: OpenAILogprobs | null;
    readonly finish_reason: OpenAIFinishReason;
  }[];
  readonly usage?: OpenAIUsage;
}

/** The answer to a completion request, and each event of its stream. */
export interface OpenAICompletion {
  readonly id: string;
  readonly object: "text_completion";
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly text: string;
    readonly logprobs?: OpenAICompletionLogprobs | null;
    /** `null` in a stream until the last event. */
    readonly finish_reason: OpenAIFinishReason | null;
  }[];
  readonly usage?: OpenAIUsage | null;
}

/** A model that a server has. */
export interface OpenAIModel {
  readonly id: string;
  readonly object: "model";
  /** Seconds since 1970. */
  readonly created: number;
  readonly owned_by: string;
}

/** The answer to `GET /v1/models`. */
export interface OpenAIModelList {
  readonly object: "list";
  readonly data: readonly OpenAIModel[];
}

/** The body of `POST /v1/embeddings`. */
export interface OpenAIEmbeddingRequest {
  readonly model?: string;
  readonly input: string | readonly string[] | readonly number[] | readonly (readonly number[])[];
  /** `base64` has little-endian 32-bit floats. OpenAI's own client asks for it unless told otherwise. */
  readonly encoding_format?: "float" | "base64" | null;
  readonly dimensions?: number | null;
  readonly user?: string;
}

/** The answer to an embedding request. */
export interface OpenAIEmbeddingList {
  readonly object: "list";
  readonly data: readonly {
    readonly object: "embedding";
    readonly index: number;
    /** Numbers, or where `base64` was asked for, little-endian 32-bit floats. */
    readonly embedding: readonly number[] | string;
  }[];
  readonly model: string;
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
}

/** What is wrong, in the body of an answer with an error status, or in an event of a stream that has begun. */
export interface OpenAIErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param?: string | null;
    /** A word; of vLLM and llama-server, the status. */
    readonly code?: string | number | null;
  };
}
