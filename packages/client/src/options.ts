import type { ChatMessage } from "@llama2-kit/protocol";
import type { RetryOptions } from "./retry.ts";

/** How long to wait, in milliseconds. `Infinity` waits for ever. */
export interface Timeouts {
  /** For the server's answer to begin: its status and headers. 120,000 by default, as some answer only once they have loaded the model. */
  readonly connectMs?: number | undefined;
  /** For the first token, from the request on. 300,000 by default. */
  readonly firstTokenMs?: number | undefined;
  /** Between two events of a stream. What servers send merely to keep a connection open does not count. 60,000 by default. */
  readonly idleMs?: number | undefined;
  /** For everything, with waiting and trying again. `Infinity` by default. */
  readonly totalMs?: number | undefined;
}

/** What lays out a conversation as a prompt, such as `formatChat` of `@llama2-kit/prompt`. */
export type FormatPrompt = (
  messages: readonly ChatMessage[],
  options: { readonly continueFinalMessage: boolean },
) => string | ArrayLike<number> | Promise<string | ArrayLike<number>>;

/** What a client is made with, whatever the dialect. */
export interface CommonOptions {
  /**
   * Where the server is, as OpenAI's clients take it: `http://localhost:8000/v1`. Without a path, `/v1` is added. Several
   * servers of one kind and model share the work.
   */
  readonly baseUrl: string | readonly string[];
  /** Proves who asks; a function is asked before each request, for keys that expire. */
  readonly apiKey?: string | (() => string | Promise<string>) | undefined;
  /**
   * How the key is sent: `bearer` (the default) as `Authorization: Bearer KEY`, `plain` as `Authorization: KEY`, `api-key` as
   * `api-key: KEY`. Azure's endpoints take one or the other.
   */
  readonly keyScheme?: "bearer" | "plain" | "api-key" | undefined;
  /** The model to ask for. Servers that have just one need none. */
  readonly model?: string | undefined;
  /** Names the model in this app; by default `model`, or else the server's host. */
  readonly id?: string | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Used in place of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined;
  /** How long to wait for what. */
  readonly timeouts?: Timeouts | undefined;
  /** How often to try again where a request failed before its first token: a number of tries, or more. 2 by default. */
  readonly retries?: number | RetryOptions | undefined;
  /** What becomes of an option that the server cannot do: an `UNSUPPORTED` error (the default), or a warning in the result. */
  readonly unsupported?: "error" | "warn" | undefined;
  /**
   * Lays out conversations here instead of at the server, whose chat template may be wrong. `chat` then sends the prompt to be
   * continued. A `<s>` at the beginning of a text is left out, as servers add BOS to a text; ids are sent as they are.
   */
  readonly formatPrompt?: FormatPrompt | undefined;
  /** Fields that are added to the body of every generation, for what only this server has. */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined;
  /** Takes a chat's stream up again where its connection broke. llama-server alone can do so, with `dialect: "llama-server"`. */
  readonly resume?: boolean | undefined;
}
