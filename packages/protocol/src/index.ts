/**
 * The contract that every Llama 2 backend of llama2-kit implements, and that apps are written against:
 * messages in, a stream of text out. Types, one error base, the one implementation of the stream, and of stop strings.
 *
 * @packageDocumentation
 */
export type { ChatModel, Embeddings, EmbedOptions } from "./chat-model.ts";
export { Llama2KitError } from "./error.ts";
export {
  createGenerationStream,
  type GenerationController,
  type GenerationOutcome,
} from "./generation-stream.ts";
export type { ChatMessage, ChatRole } from "./message.ts";
export type {
  OpenAIChatChunk,
  OpenAIChatCompletion,
  OpenAIChatRequest,
  OpenAIChunkChoice,
  OpenAICompletion,
  OpenAICompletionLogprobs,
  OpenAICompletionRequest,
  OpenAIContentLogprob,
  OpenAIContentPart,
  OpenAIEmbeddingList,
  OpenAIEmbeddingRequest,
  OpenAIErrorBody,
  OpenAIFinishReason,
  OpenAILogprobs,
  OpenAIMessage,
  OpenAIModel,
  OpenAIModelList,
  OpenAIResponseFormat,
  OpenAISamplingFields,
  OpenAIStreamOptions,
  OpenAITokenLogprob,
  OpenAIToolCallDelta,
  OpenAIUsage,
} from "./openai.ts";
export type { AdapterChoice, ChatOptions, GenerateOptions } from "./options.ts";
export type {
  DontRepeatYourself,
  DynamicTemperature,
  ExcludeTopChoices,
  Mirostat,
  SamplingOptions,
} from "./sampling-options.ts";
export { samplingPresets } from "./sampling-presets.ts";
export { StopStringFilter } from "./stop-strings.ts";
export type {
  ContentFilterReport,
  FinishEvent,
  FinishReason,
  GenerationEvent,
  GenerationResult,
  GenerationStream,
  PromptEvent,
  TextEvent,
  Timings,
  TokenLogprob,
  TokenProbability,
  Usage,
} from "./stream.ts";
