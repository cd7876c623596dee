import type {
  JSONObject,
  LanguageModelV3FinishReason,
  LanguageModelV3Usage,
  SharedV3ProviderMetadata,
  SharedV3Warning,
} from "@ai-sdk/provider";
import type { FinishReason, GenerationResult, Usage } from "@llama2-kit/protocol";

/** What `providerMetadata.llama2` tells of an answer, beside what the SDK has a place for. */
export type Llama2Metadata = Pick<
  GenerationResult,
  "contentFilter" | "logprobs" | "seed" | "stopString" | "timings" | "warnings"
>;

/** The SDK has no word for an answer that the caller cut off: such a call fails. What remains is a model disposed of. */
export function toFinishReason(raw: FinishReason): LanguageModelV3FinishReason {
  return { unified: raw === "aborted" ? "other" : raw, raw };
}

/** Tokens in the SDK's terms. Llama 2 does not reason, and no backend tells what it wrote to its cache. */
export function toUsage({
  promptTokens,
  cachedTokens,
  completionTokens,
}: Usage): LanguageModelV3Usage {
  return {
    inputTokens: {
      total: promptTokens,
      noCache: promptTokens - cachedTokens,
      cacheRead: cachedTokens,
      cacheWrite: undefined,
    },
    outputTokens: { total: completionTokens, text: completionTokens, reasoning: undefined },
    raw: { promptTokens, cachedTokens, completionTokens },
  };
}

/** The usage of a stream that failed. */
export const UNKNOWN_USAGE: LanguageModelV3Usage = {
  inputTokens: {
    total: undefined,
    noCache: undefined,
    cacheRead: undefined,
    cacheWrite: undefined,
  },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};

/** What else there is to tell, under our key. */
export function toProviderMetadata(result: GenerationResult): SharedV3ProviderMetadata {
  const { contentFilter, logprobs, seed, stopString, timings, warnings } = result;
  const metadata: Llama2Metadata = {
    timings,
    ...(seed !== undefined && { seed }),
    ...(stopString !== undefined && { stopString }),
    ...(logprobs && { logprobs }),
    ...(contentFilter && { contentFilter }),
    ...(warnings && { warnings }),
  };
  // It is JSON; its types are interfaces, which TypeScript does not take for a JSONObject.
  return { llama2: metadata as unknown as JSONObject };
}

/** What the backend could not do, as the SDK's warnings. */
export function toWarnings({ warnings = [] }: GenerationResult): SharedV3Warning[] {
  return warnings.map((message) => ({ type: "other", message }));
}
