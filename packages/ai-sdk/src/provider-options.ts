import { InvalidArgumentError, type SharedV3ProviderOptions } from "@ai-sdk/provider";
import type { ChatOptions } from "@llama2-kit/protocol";

/**
 * What `providerOptions.llama2` takes: the options of a `ChatModel` that the SDK has no setting for.
 *
 * @example
 * ```ts
 * await generateText({
 *   model: llama2(model),
 *   prompt: "What is a llama?",
 *   providerOptions: { llama2: { minP: 0.05, repeatPenalty: 1.1 } satisfies Llama2ProviderOptions },
 * });
 * ```
 */
export type Llama2ProviderOptions = Omit<
  ChatOptions,
  | "frequencyPenalty"
  | "jsonSchema"
  | "maxTokens"
  | "presencePenalty"
  | "seed"
  | "signal"
  | "stop"
  | "temperature"
  | "topK"
  | "topP"
>;

/** A record, so that an option that the contract gains fails to compile here. */
const KNOWN_OPTIONS: Readonly<Record<keyof Llama2ProviderOptions, true>> = {
  adapter: true,
  continueFinalMessage: true,
  dry: true,
  dynamicTemperature: true,
  grammar: true,
  logitBias: true,
  logprobs: true,
  minP: true,
  mirostat: true,
  penaltyWindow: true,
  priority: true,
  repeatPenalty: true,
  topNSigma: true,
  typicalP: true,
  xtc: true,
};

/**
 * Takes the options under the key `llama2`. Their values are for the `ChatModel` to check.
 *
 * @param providerOptions - of the SDK's call
 * @throws InvalidArgumentError for an option with another name: a misspelt one would go unnoticed
 */
export function readProviderOptions(
  providerOptions: SharedV3ProviderOptions | undefined,
): Llama2ProviderOptions {
  const { llama2: options = {} } = providerOptions ?? {};
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(KNOWN_OPTIONS, name));
  if (unknown === undefined) return options;
  throw new InvalidArgumentError({
    argument: "providerOptions",
    message:
      `providerOptions.llama2.${unknown} is no option: there are ${Object.keys(KNOWN_OPTIONS).join(", ")}. ` +
      "What the SDK has a setting for, such as temperature or maxOutputTokens, goes there.",
  });
}
