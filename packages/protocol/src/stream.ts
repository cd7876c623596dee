/**
 * Why a generation ended.
 * - `stop`: the model ended its answer, or a stop string came up
 * - `length`: `maxTokens` was reached, or the context is full
 * - `aborted`: the caller's signal fired, or its loop over the stream ended early
 * - `content-filter`: a safety check ended it
 * - `tool-calls`: the model asks for tools to be called
 */
export type FinishReason = "stop" | "length" | "aborted" | "content-filter" | "tool-calls";

/** Tokens that a generation took. */
export interface Usage {
  /** Tokens of the prompt, those taken from the cache included. */
  readonly promptTokens: number;
  /** Tokens of the prompt that were still in the cache, so cost nothing. */
  readonly cachedTokens: number;
  /** Tokens generated, the end-of-sequence token included. */
  readonly completionTokens: number;
}

/** How long a generation took, in milliseconds of wall time. */
export interface Timings {
  /** From the call to its start, while it waited for its turn; absent where the backend does not tell. */
  readonly queuedMs?: number;
  /** From the call to the first generated token; absent where none was generated. */
  readonly timeToFirstTokenMs?: number;
  /** From the call to the end. */
  readonly totalMs: number;
  /** Speed of generation after the first token; absent below two tokens. */
  readonly tokensPerSecond?: number;
}

/** A token with the probability that the model gave it, as a natural logarithm. */
export interface TokenProbability {
  /** Its id; absent where the backend does not tell. */
  readonly token?: number;
  /** Its own text, which may be a part of a character (then as U+FFFD). */
  readonly text: string;
  /** ln of its probability, at most 0. */
  readonly logprob: number;
}

/** A generated token's probability. */
export interface TokenLogprob extends TokenProbability {
  /** The likeliest tokens in its place, the likeliest first; the generated one may be among them. */
  readonly top: readonly TokenProbability[];
}

/** What a safety check objected to. */
export interface ContentFilterReport {
  /** Whether it was the prompt or the answer. */
  readonly side: "prompt" | "answer";
  /** The categories that were violated, by the check's own names; empty where it does not tell. */
  readonly categories: readonly string[];
}

/** What a generation came to. */
export interface GenerationResult {
  /** The whole text: the concatenation of all {@link TextEvent}s. */
  readonly text: string;
  /** Ids of all the tokens generated, the end-of-sequence token included; absent where the backend does not tell. */
  readonly tokens?: readonly number[];
  /** Of each generated token, where `logprobs` was asked for. */
  readonly logprobs?: readonly TokenLogprob[];
  readonly finishReason: FinishReason;
  /** The stop string that ended the text, where one did. */
  readonly stopString?: string;
  readonly usage: Usage;
  readonly timings: Timings;
  /** The seed that was used; absent where the backend does not tell. */
  readonly seed?: number;
  /** What a safety check objected to, where one ended the text as `content-filter`. */
  readonly contentFilter?: ContentFilterReport;
  /** What was asked for and could not be done, a sentence each; absent where all was done. */
  readonly warnings?: readonly string[];
}

/** How far the prompt has been read, before the first text. A backend that cannot tell sends none. */
export interface PromptEvent {
  readonly type: "prompt";
  /** Tokens read so far, those from the cache included. */
  readonly processedTokens: number;
  /** Tokens of the prompt. */
  readonly promptTokens: number;
}

/** A piece of text. Pieces never split a code point, and never hold part of a stop string. */
export interface TextEvent {
  readonly type: "text";
  readonly text: string;
  /** Ids of the tokens generated since the last text event; absent where the backend does not tell. */
  readonly tokens?: readonly number[];
  /** Of each of those tokens, where `logprobs` was asked for. */
  readonly logprobs?: readonly TokenLogprob[];
}

/** The last event of every stream that did not fail. */
export interface FinishEvent {
  readonly type: "finish";
  readonly result: GenerationResult;
}

/** What a {@link GenerationStream} yields: perhaps the prompt's progress, then texts, then one finish. */
export type GenerationEvent = PromptEvent | TextEvent | FinishEvent;

/**
 * A generation under way. It runs whether or not anybody reads it, and is read in any one of these ways:
 * iterate over its events, over its text, await the whole text, or await the result.
 *
 * A loop that is left early (`break`, `return`, `throw`) aborts the generation. A failed generation rejects
 * `result` and throws in the loop: the error carries the text so far as `partialText`.
 *
 * Every reader sees the stream from its start, and the events may be read by several readers.
 */
export interface GenerationStream extends AsyncIterable<GenerationEvent> {
  /** The outcome, once the generation has ended. */
  readonly result: Promise<GenerationResult>;
  /** The whole text, once the generation has ended. */
  text(): Promise<string>;
  /** The pieces of text as they come. */
  textStream(): AsyncIterable<string>;
  /** The events as a web stream; cancelling it aborts the generation. */
  toReadableStream(): ReadableStream<GenerationEvent>;
}
