/**
 * The contract that every Llama 2 backend of llama2-kit implements, and that apps are written against:
 * messages in, a stream of text out. Types, one error base, and the one implementation of the stream.
 *
 * @packageDocumentation
 */
export type { ChatModel } from "./chat-model.ts";
export { Llama2KitError } from "./error.ts";
export {
  createGenerationStream,
  type GenerationController,
  type GenerationOutcome,
} from "./generation-stream.ts";
export type { ChatMessage, ChatRole } from "./message.ts";
export type { ChatOptions, GenerateOptions } from "./options.ts";
export type {
  FinishEvent,
  FinishReason,
  GenerationEvent,
  GenerationResult,
  GenerationStream,
  TextEvent,
  Timings,
  Usage,
} from "./stream.ts";
