import { type EmbeddingModelV3, UnsupportedFunctionalityError } from "@ai-sdk/provider";
import type { ChatModel } from "@llama2-kit/protocol";
import { toHostError } from "./host-error.ts";

/** How to wrap a model that embeds. */
export interface Llama2EmbeddingOptions {
  /** Most texts in one call; `embedMany` splits what is more. As many as there are by default. */
  readonly maxEmbeddingsPerCall?: number | undefined;
}

/**
 * Makes an embedding model for the Vercel AI SDK of any `ChatModel` that has `embed`.
 *
 * @param model - what embeds
 * @param options - how to wrap it
 * @returns a model of specification v3, for `embed` and `embedMany`
 * @throws UnsupportedFunctionalityError where the model has no `embed`
 *
 * @example
 * ```ts
 * const { embedding } = await embed({ model: llama2Embedding(model), value: "a llama" });
 * ```
 */
export function llama2Embedding(
  model: Pick<ChatModel, "id" | "embed">,
  options: Llama2EmbeddingOptions = {},
): EmbeddingModelV3 {
  if (!model.embed) {
    throw new UnsupportedFunctionalityError({
      functionality: "embeddings",
      message: `The model ${model.id} has no embed(): take one whose server or context has embeddings.`,
    });
  }
  const embed = model.embed.bind(model);
  return {
    specificationVersion: "v3",
    provider: "llama2",
    modelId: model.id,
    maxEmbeddingsPerCall: options.maxEmbeddingsPerCall ?? Number.POSITIVE_INFINITY,
    supportsParallelCalls: true,
    async doEmbed({ values, abortSignal }) {
      const { vectors, promptTokens } = await embed(values, { signal: abortSignal }).catch(
        (error: unknown) => {
          throw toHostError(error, model);
        },
      );
      return {
        embeddings: vectors.map((vector) => [...vector]),
        usage: { tokens: promptTokens },
        warnings: [],
      };
    },
  };
}
