/**
 * The client for servers of OpenAI's protocol alone, for pages where every kilobyte counts.
 *
 * @packageDocumentation
 */
import type { ChatModel } from "@llama2-kit/protocol";
import { makeChatModel } from "./chat-model.ts";
import { openai } from "./dialects/openai.ts";
import { Endpoint, oneEndpoint } from "./endpoint.ts";
import type { CommonOptions } from "./options.ts";
import { readSettings } from "./settings.ts";

export {
  ClientError,
  type ClientErrorCode,
  type ClientErrorDetails,
  type TimeoutPhase,
} from "./error.ts";
export type { CommonOptions, FormatPrompt, Timeouts } from "./options.ts";
export type { RetryOptions } from "./retry.ts";

/** What the small client is made with: one server. */
export interface SmallClientOptions extends Omit<CommonOptions, "baseUrl" | "resume"> {
  /** Where the server is, as OpenAI's clients take it: `http://localhost:8000/v1`. Without a path, `/v1` is added. */
  readonly baseUrl: string;
}

/**
 * Makes a small client of a server that speaks OpenAI's protocol. It streams, ends, times out and tries again as the one of the
 * main entry with `dialect: "openai"`. It leaves to TypeScript and to the server to refuse values that are not allowed, and to the
 * main entry several servers, `models` and `embed`, and the short way to read events that differ in their text alone.
 *
 * @param options - where the server is, and how to behave
 * @returns a `ChatModel`
 *
 * @example
 * ```ts
 * import { createClient } from "@llama2-kit/client/openai";
 *
 * const model = createClient({ baseUrl: "http://localhost:8000/v1", model: "llama-2-7b-chat" });
 * ```
 */
export function createClient(options: SmallClientOptions): ChatModel {
  const endpoints = oneEndpoint(new Endpoint(options.baseUrl));
  const { model = endpoints.host, id = model } = options;
  const settings = readSettings(options, endpoints);
  const dialect = openai();
  const findDialect = async () => dialect;
  return makeChatModel(id, settings, findDialect, () => {});
}
