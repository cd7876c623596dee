import { createClient } from "@llama2-kit/client/openai";
import type { ChatMessage, ChatModel, GenerationStream } from "@llama2-kit/protocol";
import type { AnswerRequest, AnswerSource, PendingAnswer } from "../chat/answer-source.ts";
import { newSeed } from "../chat/new-id.ts";
import { toWireFields } from "../parameters/wire-fields.ts";
import type { Settings } from "../store/settings.ts";
import type { AppServer } from "./app-server.ts";
import { answeringModel, type Connection } from "./connection.ts";

/** How many alternatives to each token are asked for. */
const ALTERNATIVES = 5;

/** Has conversations answered by the page's own server, or by the one that the settings name instead. */
export class ServerSource implements AnswerSource {
  readonly #settings: () => Settings;
  readonly #server: AppServer;
  readonly #connection: Connection;

  constructor(settings: () => Settings, server: AppServer, connection: Connection) {
    this.#settings = settings;
    this.#server = server;
    this.#connection = connection;
  }

  answer({ messages, continues, signal }: AnswerRequest): PendingAnswer {
    const goOn = { continue_final_message: true, add_generation_prompt: false };
    const { model, name, seed } = this.#open(continues ? goOn : {});
    const options = { signal, ...this.#logprobs() };
    return { stream: model.chat(messages, options), model: name, seed };
  }

  /** Continues a text. */
  complete(prompt: string, signal: AbortSignal): GenerationStream {
    return this.#open().model.complete(prompt, { signal });
  }

  async countDropped(messages: readonly ChatMessage[], signal: AbortSignal): Promise<number> {
    // Another server does not tell how long a prompt is.
    if (this.#settings().server) return 0;
    const last = messages.at(-1);
    const continueFinalMessage = last?.role === "assistant";
    try {
      const count = await this.#server.count({ messages, continueFinalMessage }, signal);
      return count.dropped.length;
    } catch {
      // Whatever is wrong, the answer's own request says it better.
      return 0;
    }
  }

  /** Probabilities are the page's own wish, which another server might refuse. */
  #logprobs(): { logprobs?: number } {
    const { server, probabilities } = this.#settings();
    return probabilities && !server ? { logprobs: ALTERNATIVES } : {};
  }

  #open(more: Readonly<Record<string, unknown>> = {}): {
    model: ChatModel;
    name: string;
    seed: number;
  } {
    const { server, key, parameters } = this.#settings();
    const fields = toWireFields(parameters);
    // The page draws the seed itself: so it knows it, whichever server answers.
    const seed = typeof fields["seed"] === "number" ? fields["seed"] : newSeed();
    const own = answeringModel(this.#connection.getState())?.id;
    const name = server ? server.model : (own ?? "");
    const model = createClient({
      baseUrl: server ? server.baseUrl : `${location.origin}/v1`,
      apiKey: (server ? server.key : key) || undefined,
      model: name || undefined,
      // Somebody sits before it, and can try again.
      retries: 0,
      extraBody: { ...fields, seed, ...more, ...(server ? {} : this.#ownFields()) },
    });
    return { model, name: name || model.id, seed };
  }

  /** What only the page's own server is asked for. */
  #ownFields(): Record<string, unknown> {
    const there = answeringModel(this.#connection.getState())?.adapters ?? [];
    const { adapters } = this.#settings();
    const lora = there
      .filter(({ name }) => name in adapters)
      .map(({ name }) => ({ name, scale: adapters[name] }));
    return {
      return_token_ids: true,
      return_progress: true,
      ...(lora.length > 0 && { lora }),
    };
  }
}
