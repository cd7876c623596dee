/**
 * How to generate: sampling, limits and cancellation. Every field is optional; a backend documents its
 * defaults, and refuses a value out of range with a typed error instead of changing it.
 */
export interface GenerateOptions {
  /**
   * Most tokens to generate, an integer from 1. Generation also ends where the context is full.
   * Either way the finish reason is `length`.
   */
  readonly maxTokens?: number | undefined;
  /** Randomness, from 0. 0 always takes the likeliest token; 1 samples the model's own distribution. */
  readonly temperature?: number | undefined;
  /** Sample among the k likeliest tokens only, an integer from 0. 0 turns it off. */
  readonly topK?: number | undefined;
  /**
   * Sample among the likeliest tokens whose probabilities add up to this, above 0 and at most 1
   * (nucleus sampling, Holtzman et al. 2019). 1 turns it off.
   */
  readonly topP?: number | undefined;
  /**
   * Drop tokens less likely than this share of the likeliest one's probability, from 0 to 1
   * (min-p sampling, Nguyen et al. 2024). 0 turns it off.
   */
  readonly minP?: number | undefined;
  /**
   * Divide the logits of recent tokens by this (multiply, where negative), above 0
   * (CTRL, Keskar et al. 2019). 1 turns it off; 1.1 is a usual value.
   */
  readonly repeatPenalty?: number | undefined;
  /**
   * Seed of the random choices, an integer from 0 to 4,294,967,294. Random where absent; the result reports
   * the seed that was used, so that a run can be repeated.
   */
  readonly seed?: number | undefined;
  /** End before the first of these strings appears; none of them is part of the text. */
  readonly stop?: string | readonly string[] | undefined;
  /** Ends the generation early. The stream then finishes as `aborted`, with the text so far: no error. */
  readonly signal?: AbortSignal | undefined;
}

/** How to answer a conversation. */
export interface ChatOptions extends GenerateOptions {
  /**
   * Continue the last message, which is then the assistant's, instead of answering it: the text is what comes
   * after it. Puts words in the model's mouth ("prefill"), and resumes an answer that hit a limit.
   */
  readonly continueFinalMessage?: boolean | undefined;
}
