import type { ChatMessage, ChatModel, Embeddings, EmbedOptions } from "@llama2-kit/protocol";
import { ask } from "./ask.ts";
import { isSignal, makeChatModel } from "./chat-model.ts";
import { badParameter } from "./describe.ts";
import type { Dialect, JsonRoute, ModelInfo } from "./dialect.ts";
import { ClientError } from "./error.ts";
import type { FindDialect } from "./generate.ts";
import { checkJob, checkMessages, readIds } from "./generate-options.ts";
import type { FormatPrompt } from "./options.ts";
import type { Settings } from "./settings.ts";

/** A Llama 2 behind a server: a `ChatModel` that also tells which models the server has. */
export interface Client extends ChatModel {
  /** The models that the server has. */
  models(options?: { readonly signal?: AbortSignal | undefined }): Promise<ModelInfo[]>;
  /** A vector for each text. */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Embeddings>;
  /** The token ids of a text, without BOS or EOS. Absent where the server has no route for it. */
  tokenize?(text: string): Promise<number[]>;
  /** The text of token ids. Absent where the server has no route for it. */
  detokenize?(tokens: ArrayLike<number>): Promise<string>;
  /** The prompt that `chat` sends, as text. Absent where that is neither made here nor told by the server. */
  formatPrompt?(messages: readonly ChatMessage[]): Promise<string>;
}

/**
 * Makes a client.
 *
 * @param id - names the model in the app
 * @param settings - where the server is and how to behave
 * @param dialect - how it is talked to; or what finds out, at the first use
 */
export function makeClient(id: string, settings: Settings, dialect: Dialect | FindDialect): Client {
  const known = typeof dialect === "function" ? undefined : dialect;
  const findDialect: FindDialect = typeof dialect === "function" ? dialect : async () => dialect;
  const { formatPrompt } = settings;

  /** Asks by one of the dialect's routes. */
  async function askBy<Input, Output>(
    name: RouteName,
    input: Input,
    { signal = new AbortController().signal }: EmbedOptions = {},
  ): Promise<Output> {
    if (!isSignal(signal)) throw badParameter("signal", signal, "an AbortSignal");
    signal.throwIfAborted();
    const { [name]: route, name: server } = await findDialect(signal);
    if (!route) throw new ClientError("UNSUPPORTED", `${server} has no route for ${name}.`);
    return ask(settings, route as JsonRoute<unknown, unknown>, input, signal) as Promise<Output>;
  }
  const has = (name: RouteName) => known === undefined || known[name] !== undefined;

  return {
    ...makeChatModel(id, settings, findDialect, checkJob),
    models: async (options) => askBy("models", undefined, options),
    embed: async (texts, options) => askBy("embed", checkTexts(texts), options),
    ...(has("tokenize") && {
      tokenize: async (text: string): Promise<number[]> => askBy("tokenize", checkText(text)),
    }),
    ...(has("detokenize") && {
      detokenize: async (tokens: ArrayLike<number>): Promise<string> =>
        askBy("detokenize", readIds("tokens", tokens)),
    }),
    ...((formatPrompt || has("formatPrompt")) && {
      formatPrompt: async (messages: readonly ChatMessage[]): Promise<string> => {
        checkMessages(messages);
        return formatPrompt ? formatHere(formatPrompt, messages) : askBy("formatPrompt", messages);
      },
    }),
  };
}

type RouteName = "models" | "embed" | "tokenize" | "detokenize" | "formatPrompt";

async function formatHere(
  formatPrompt: FormatPrompt,
  messages: readonly ChatMessage[],
): Promise<string> {
  const prompt = await formatPrompt(messages, { continueFinalMessage: false });
  if (typeof prompt === "string") return prompt;
  throw new ClientError("UNSUPPORTED", "formatPrompt makes token ids, which have no text here.");
}

function checkText(text: string): string {
  if (typeof text !== "string") throw badParameter("text", text, "a string");
  return text;
}

function checkTexts(texts: readonly string[]): readonly string[] {
  const areTexts = Array.isArray(texts) && texts.every((text) => typeof text === "string");
  if (!areTexts || texts.length === 0) {
    throw badParameter("texts", texts, "an array of at least one string");
  }
  return texts;
}
