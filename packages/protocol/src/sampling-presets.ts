import type { SamplingOptions } from "./sampling-options.ts";

/**
 * Sampling options that go together, to take as they are or to change.
 *
 * @example
 * ```ts
 * const stream = model.chat(messages, { ...samplingPresets.creative, seed: 1 });
 * ```
 */
export const samplingPresets: Readonly<{
  /** Close to the likeliest answer: for facts, extraction, code and translation. */
  precise: Readonly<SamplingOptions>;
  /** The defaults, as Meta ran Llama 2 Chat: for conversation. */
  balanced: Readonly<SamplingOptions>;
  /** The model's own distribution without what is far less likely than the likeliest: for stories and ideas. */
  creative: Readonly<SamplingOptions>;
}> = {
  precise: { temperature: 0.2, topK: 40, topP: 0.9 },
  balanced: { temperature: 0.6, topK: 40, topP: 0.9 },
  creative: { temperature: 1, topK: 0, topP: 1, minP: 0.05 },
};
