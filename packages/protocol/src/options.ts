import type { SamplingOptions } from "./sampling-options.ts";

/**
 * How to generate: sampling, limits and cancellation. Every field is optional; a backend documents its
 * defaults, and refuses a value out of range with a typed error instead of changing it.
 */
export interface GenerateOptions extends SamplingOptions {
  /**
   * Most tokens to generate, an integer from 1. Generation also ends where the context is full.
   * Either way the finish reason is `length`.
   */
  readonly maxTokens?: number | undefined;
  /** End before the first of these strings appears; none of them is part of the text. */
  readonly stop?: string | readonly string[] | undefined;
  /** Only text that this grammar allows, in llama.cpp's GBNF. Not together with `jsonSchema`. */
  readonly grammar?: string | undefined;
  /** Only JSON of this schema. A backend documents which keywords of JSON Schema it knows. */
  readonly jsonSchema?: Readonly<Record<string, unknown>> | undefined;
  /**
   * Tell each token's log probability, with as many of the likeliest alternatives as this says, an integer from 0.
   * They are the model's own (temperature 1, before anything is cut or penalised). Absent: none are told.
   */
  readonly logprobs?: number | undefined;
  /** The LoRA adapter to answer with: its name, or several with their scales. None by default. */
  readonly adapter?: string | readonly AdapterChoice[] | undefined;
  /** Among generations that wait, those with the highest number begin first. 0 by default. */
  readonly priority?: number | undefined;
  /** Ends the generation early. The stream then finishes as `aborted`, with the text so far: no error. */
  readonly signal?: AbortSignal | undefined;
}

/** One of the LoRA adapters that answer together. */
export interface AdapterChoice {
  readonly name: string;
  /** How strongly it acts: 0 is not at all, 1 as trained. By default, the scale it was loaded with. */
  readonly scale?: number | undefined;
}

/** How to answer a conversation. */
export interface ChatOptions extends GenerateOptions {
  /**
   * Continue the last message, which is then the assistant's, instead of answering it: the text is what comes
   * after it. Puts words in the model's mouth ("prefill"), and resumes an answer that hit a limit.
   */
  readonly continueFinalMessage?: boolean | undefined;
}
