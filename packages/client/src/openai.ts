/**
 * The client for servers of OpenAI's protocol alone, for pages where every kilobyte counts.
 *
 * @packageDocumentation
 */
import { type Client, makeClient } from "./client.ts";
import { openai } from "./dialects/openai.ts";
import type { CommonOptions } from "./options.ts";
import { readSettings } from "./settings.ts";

export type { Client } from "./client.ts";
export type { ModelInfo } from "./dialect.ts";
export {
  ClientError,
  type ClientErrorCode,
  type ClientErrorDetails,
  type TimeoutPhase,
} from "./error.ts";
export type { CommonOptions, FormatPrompt, Timeouts } from "./options.ts";
export type { RetryOptions } from "./retry.ts";

/**
 * Makes a client of a server that speaks OpenAI's protocol: the same as `createClient` of the main entry with
 * `dialect: "openai"`, in a third of the bytes.
 *
 * @param options - where the server is, and how to behave
 * @returns a `ChatModel`
 * @throws ClientError `BAD_PARAMETER`
 *
 * @example
 * ```ts
 * import { createClient } from "@llama2-kit/client/openai";
 *
 * const model = createClient({ baseUrl: "http://localhost:8000/v1", model: "llama-2-7b-chat" });
 * ```
 */
export function createClient(options: CommonOptions): Client {
  return makeClient(readSettings(options), openai);
}
