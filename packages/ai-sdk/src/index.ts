/**
 * Llama 2 for the Vercel AI SDK: any `ChatModel` as a language model for `generateText`, `streamText` and the rest.
 *
 * @packageDocumentation
 */
export { type Llama2EmbeddingOptions, llama2Embedding } from "./embedding-model.ts";
export { type Llama2Options, llama2 } from "./language-model.ts";
export type { Llama2ProviderOptions } from "./provider-options.ts";
export type { Llama2Metadata } from "./result.ts";
