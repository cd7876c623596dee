/**
 * One streaming client for every server that a Llama 2 runs behind.
 *
 * @packageDocumentation
 */
export type { ByteSource } from "./byte-source.ts";
export type { Client } from "./client.ts";
export { type ClientOptions, createClient, type DialectName } from "./create-client.ts";
export type { ModelInfo } from "./dialect.ts";
export {
  ClientError,
  type ClientErrorCode,
  type ClientErrorDetails,
  type TimeoutPhase,
} from "./error.ts";
export { type JsonLineOptions, parseJsonLines } from "./json-lines.ts";
export type { CommonOptions, FormatPrompt, Timeouts } from "./options.ts";
export type { RetryOptions } from "./retry.ts";
export {
  parseServerSentEvents,
  type ServerSentEvent,
  type ServerSentEventOptions,
} from "./server-sent-events.ts";
export { type ResponseOptions, toResponse } from "./to-response.ts";
