/**
 * Llama 2 for LangChain.js: any `ChatModel` as a chat model, and as embeddings where it embeds.
 *
 * @packageDocumentation
 */

export type { Llama2ResponseMetadata } from "./answer.ts";
export type { ChatLlama2CallOptions, ChatLlama2Fields } from "./call-options.ts";
export { ChatLlama2 } from "./chat-llama2.ts";
export { Llama2Embeddings, type Llama2EmbeddingsFields } from "./embeddings.ts";
export { LangChainAdapterError, type LangChainAdapterErrorCode } from "./error.ts";
export type { OutputSchema, RawAndParsed } from "./structured-output.ts";
