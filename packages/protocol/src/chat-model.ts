import type { ChatMessage } from "./message.ts";
import type { ChatOptions, GenerateOptions } from "./options.ts";
import type { GenerationStream } from "./stream.ts";

/**
 * A Llama 2 to talk to, wherever it runs: in this process (`@llama2-kit/inference`) or behind a server.
 * Code that takes a `ChatModel` moves from a laptop to a cluster by changing the line that makes it.
 *
 * `chat` and `complete` never throw: whatever goes wrong, a bad option included, reaches the caller through the stream.
 *
 * @example
 * ```ts
 * async function ask(model: ChatModel, question: string): Promise<string> {
 *   return model.chat([{ role: "user", content: question }], { maxTokens: 100 }).text();
 * }
 * ```
 */
export interface ChatModel {
  /** Names the model, for logs and for choosing among several. */
  readonly id: string;

  /** Answers a conversation. The text is the assistant's message, without the spaces that frame it in the prompt. */
  chat(messages: readonly ChatMessage[], options?: ChatOptions): GenerationStream;

  /**
   * Continues a prompt, given as text or as token ids.
   * The prompt begins with BOS: it is put in front of a text, and ids are taken as they are.
   */
  complete(prompt: string | ArrayLike<number>, options?: GenerateOptions): GenerationStream;

  /** The token ids of a text, without BOS or EOS. Absent where a backend cannot tell. */
  tokenize?(text: string): readonly number[] | Promise<readonly number[]>;

  /** The text of token ids. Absent where a backend cannot tell. */
  detokenize?(tokens: ArrayLike<number>): string | Promise<string>;

  /** A vector for each text, for search and comparison. Absent where a backend has none. */
  embed?(texts: readonly string[], options?: EmbedOptions): Promise<Embeddings>;

  /** The exact prompt that `chat` would send for a conversation, as text. Absent where a backend cannot tell. */
  formatPrompt?(messages: readonly ChatMessage[]): string | Promise<string>;

  /** Names of the LoRA adapters that `adapter` can ask for. Absent where a backend has none or cannot tell. */
  readonly adapters?: readonly string[];
}

/** How to embed. */
export interface EmbedOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Vectors of texts. */
export interface Embeddings {
  /** One vector a text, in the texts' order. */
  readonly vectors: readonly (readonly number[])[];
  /** Tokens of all the texts. */
  readonly promptTokens: number;
}
