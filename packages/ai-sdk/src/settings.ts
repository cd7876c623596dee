import {
  type LanguageModelV3CallOptions,
  type SharedV3Warning,
  UnsupportedFunctionalityError,
} from "@ai-sdk/provider";
import type { ChatOptions } from "@llama2-kit/protocol";
import { readProviderOptions } from "./provider-options.ts";

/** A call's settings in our terms, and what of them cannot be done. */
export interface ChatSettings {
  readonly options: ChatOptions;
  readonly warnings: SharedV3Warning[];
}

/**
 * Translates the SDK's settings. What Llama 2 cannot do without is an error, the rest a warning: never silence.
 *
 * @throws UnsupportedFunctionalityError where a tool must be called
 * @throws InvalidArgumentError for an unknown provider option
 */
export function toChatSettings(call: LanguageModelV3CallOptions): ChatSettings {
  const { stopSequences, responseFormat } = call;
  const options = {
    ...readProviderOptions(call.providerOptions),
    maxTokens: call.maxOutputTokens,
    temperature: call.temperature,
    topP: call.topP,
    topK: call.topK,
    presencePenalty: call.presencePenalty,
    frequencyPenalty: call.frequencyPenalty,
    stop: stopSequences?.length ? stopSequences : undefined,
    seed: call.seed,
    jsonSchema: responseFormat?.type === "json" ? toJsonSchema(responseFormat) : undefined,
    signal: call.abortSignal,
  };
  return { options: withoutUndefined(options), warnings: warningsFor(call) };
}

/** Without a schema any object will do, as with OpenAI's `json_object`. */
function toJsonSchema({ schema }: { schema?: object }): Readonly<Record<string, unknown>> {
  return { ...(schema ?? { type: "object" }) };
}

function withoutUndefined(options: ChatOptions): ChatOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function warningsFor({
  tools = [],
  toolChoice,
  responseFormat,
  headers = {},
}: LanguageModelV3CallOptions): SharedV3Warning[] {
  const warnings: SharedV3Warning[] = [];
  if (toolChoice?.type === "required" || toolChoice?.type === "tool") {
    throw new UnsupportedFunctionalityError({
      functionality: `toolChoice: "${toolChoice.type}"`,
      message: `Llama 2 calls no tools, and toolChoice "${toolChoice.type}" demands that one is called.`,
    });
  }
  if (tools.length > 0 && toolChoice?.type !== "none") {
    warnings.push({
      type: "unsupported",
      feature: "tools",
      details: "Llama 2 calls no tools, and is not told of them: it answers in text.",
    });
  }
  if (responseFormat?.type === "json" && responseFormat.description !== undefined) {
    warnings.push({
      type: "unsupported",
      feature: "responseFormat.description",
      details: "The schema limits the answer, and adds nothing to the prompt. Describe it there.",
    });
  }
  // The SDK itself always sends its user agent.
  const own = Object.keys(headers).filter((name) => name.toLowerCase() !== "user-agent");
  if (own.length > 0) {
    warnings.push({
      type: "unsupported",
      feature: "headers",
      details: "A ChatModel takes none with a call. Give them to the client that it was made with.",
    });
  }
  return warnings;
}
