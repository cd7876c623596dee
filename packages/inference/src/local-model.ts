import type {
  ChatMessage,
  ChatModel,
  ChatOptions,
  Embeddings,
  EmbedOptions,
  GenerateOptions,
  GenerationStream,
} from "@llama2-kit/protocol";
import type { LlamaContext, LlamaModel } from "node-llama-cpp";
import type { Adapters } from "./adapters/adapters.ts";
import { createEmbedder, type Embedder } from "./embedder.ts";
import { NativeContext } from "./engine/native-context.ts";
import { Scheduler } from "./engine/scheduler.ts";
import { Generations } from "./generations.ts";
import { badParameter } from "./parameters.ts";
import { type InfillText, PromptEncoder } from "./prompt-encoder.ts";
import { type JsonOf, type JsonSchema, parseJsonAnswer } from "./sampling/json-schema.ts";
import type { ModelSession } from "./sessions/model-session.ts";
import { Sessions } from "./sessions/sessions.ts";
import { TokenTexts } from "./text/token-texts.ts";

/** What {@link LocalModel} is made of. */
export interface LocalModelParts {
  readonly id: string;
  readonly path: string;
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  readonly contextSize: number;
  readonly chatFormat: "auto" | "llama2";
  /** Generations that can run at once. */
  readonly sequences: number;
  /** Generations that may wait. */
  readonly maxQueue: number;
  readonly adapters: Adapters;
  readonly warnings: readonly string[];
}

/**
 * A model that runs in this process. It answers as many conversations at once as it was loaded with `sequences`; those
 * that are asked for beside them wait. Get one from {@link loadModel}.
 */
export class LocalModel implements ChatModel {
  readonly id: string;
  /** Path of the model's file. */
  readonly path: string;
  /** Tokens that a prompt and its answer may have together. */
  readonly contextSize: number;
  /** What is not as it might be, in sentences: what `onWarning` was told while it was loaded. */
  readonly warnings: readonly string[];
  readonly #parts: LocalModelParts;
  readonly #prompts: PromptEncoder;
  readonly #scheduler: Scheduler;
  readonly #generations: Generations;
  readonly #sessions: Sessions;
  readonly #embedder: Embedder;
  #disposal: Promise<void> | undefined;

  /** @internal */
  constructor(parts: LocalModelParts) {
    const { id, path, context, contextSize } = parts;
    this.id = id;
    this.path = path;
    this.contextSize = contextSize;
    this.warnings = parts.warnings;
    this.#parts = parts;
    this.#prompts = new PromptEncoder(parts);
    const native = new NativeContext(context);
    this.#scheduler = new Scheduler({
      context: native,
      sequences: parts.sequences,
      maxQueue: parts.maxQueue,
      promptShare: Math.ceil(context.batchSize / 4),
    });
    const shared = { ...parts, context: native, scheduler: this.#scheduler };
    this.#generations = new Generations({
      ...shared,
      prompts: this.#prompts,
      texts: new TokenTexts(parts.model),
    });
    this.#sessions = new Sessions({
      ...shared,
      llamaContext: context,
      generations: this.#generations,
    });
    this.#embedder = createEmbedder(parts.model, {
      id,
      contextSize,
      threads: context.idealThreads,
      batchSize: context.batchSize,
      exclusively: (work) => this.#scheduler.betweenBatches(work),
    });
  }

  /** The kind of GPU it runs on; `false` for the CPU. */
  get gpu(): "cuda" | "vulkan" | "metal" | false {
    return this.#parts.model.llama.gpu;
  }

  /** Tokens there are in the model's vocabulary. */
  get vocabularySize(): number {
    return this.#prompts.vocabularySize;
  }

  /** CPU threads it computes with. */
  get threads(): number {
    return this.#parts.context.idealThreads;
  }

  /** Names of the LoRA adapters it was loaded with, of which a generation's `adapter` chooses. */
  get adapters(): readonly string[] {
    return this.#parts.adapters.names;
  }

  /**
   * Answers a conversation, with the prompt exactly as Llama 2 Chat was trained on it.
   *
   * The stream fails with a `PromptError` where the conversation is not one the format allows, and with an
   * {@link InferenceError} `BAD_PARAMETER`, `CONTEXT_OVERFLOW`, `UNSUPPORTED_CHAT_FORMAT`,
   * `GENERATION_FAILED` or `DISPOSED`.
   *
   * @param messages - the conversation, the last message from the user
   * @param options - sampling and limits; by default temperature 0.6, top-p 0.9, top-k 40
   *
   * @example
   * ```ts
   * const { text, usage } = await model.chat([{ role: "user", content: "Hi!" }], { seed: 1 }).result;
   * ```
   */
  chat(messages: readonly ChatMessage[], options: ChatOptions = {}): GenerationStream {
    return this.#generations.chat(messages, options);
  }

  /**
   * Answers a conversation in JSON.
   *
   * @param schema - what the answer has to be; write it in the call, or `as const`, for its type
   * @returns the answer, with the schema's type
   * @throws as {@link LocalModel.chat}'s stream does, and InferenceError `BAD_GRAMMAR`, or `INCOMPLETE_JSON` where a
   *   limit ended the answer
   *
   * @example
   * ```ts
   * const { name } = await model.chatJson(messages, {
   *   type: "object",
   *   properties: { name: { type: "string", maxLength: 40 } },
   * });
   * ```
   */
  async chatJson<const Schema extends JsonSchema>(
    messages: readonly ChatMessage[],
    schema: Schema,
    options: Omit<ChatOptions, "jsonSchema" | "grammar" | "continueFinalMessage"> = {},
  ): Promise<JsonOf<Schema>> {
    if (schema === undefined) throw badParameter("schema", schema, "a JSON schema");
    const jsonSchema = schema as Readonly<Record<string, unknown>>;
    return parseJsonAnswer(await this.chat(messages, { ...options, jsonSchema }).text(), schema);
  }

  /**
   * Continues a prompt. Fails as {@link LocalModel.chat} does.
   *
   * @param prompt - a text, which gets BOS in front; or token ids, which are taken as they are
   *
   * @example
   * ```ts
   * const text = await model.complete("Once upon a time", { maxTokens: 50, stop: "\n" }).text();
   * ```
   */
  complete(prompt: string | ArrayLike<number>, options: GenerateOptions = {}): GenerationStream {
    return this.#generations.complete(prompt, options);
  }

  /**
   * Fills a gap in code, for which Code Llama 7B and 13B were trained. Fails as {@link LocalModel.complete} does, and
   * with `INFILL_UNSUPPORTED` where the vocabulary has no tokens for it.
   *
   * @param text - the code before the gap and behind it
   *
   * @example
   * ```ts
   * const prefix = "def add(a, b):\n    return ";
   * const gap = await model.infill({ prefix, suffix: "\n\nprint(add(1, 2))" }, { temperature: 0 }).text();
   * ```
   */
  infill(text: InfillText, options: GenerateOptions = {}): GenerationStream {
    return this.#generations.infill(text, options);
  }

  /**
   * Makes a vector of each text, for search and comparison. They have the length 1, so that the product of two is their
   * cosine. A Llama 2's are its last hidden state at a text's last token: usable, though it was not trained for it.
   *
   * @throws InferenceError `BAD_PARAMETER`, `CONTEXT_OVERFLOW`, `EMBEDDINGS_UNSUPPORTED`, `OUT_OF_MEMORY` or `DISPOSED`
   */
  embed(texts: readonly string[], options: EmbedOptions = {}): Promise<Embeddings> {
    return this.#embedder.embed(texts, options);
  }

  /**
   * Keeps one of the model's sequences for one conversation, until the session's `dispose()`.
   *
   * @param options - `file`: a session saved before, to go on with
   * @throws InferenceError `BAD_PARAMETER`, `NO_FREE_SEQUENCE`, `BAD_SESSION_FILE`, `MODEL_NOT_FOUND` where the model's
   *   file has gone, or `DISPOSED`
   */
  openSession(options: { readonly file?: string | undefined } = {}): Promise<ModelSession> {
    return this.#sessions.open(options);
  }

  /**
   * The prompt that {@link LocalModel.chat} makes of a conversation, as text: `<s>[INST] … [/INST]`.
   *
   * @throws PromptError where the conversation is not one the format allows
   * @throws InferenceError `UNSUPPORTED_CHAT_FORMAT`
   */
  formatPrompt(messages: readonly ChatMessage[]): string {
    return this.#prompts.chatText(messages);
  }

  /**
   * The token ids of a text, without BOS or EOS. Special tokens such as `</s>` are text in it.
   *
   * @throws InferenceError `BAD_PARAMETER` or `DISPOSED`
   */
  tokenize(text: string): number[] {
    this.#generations.refuseIfClosed();
    if (typeof text !== "string") throw badParameter("text", text, "a string");
    return this.#parts.model.tokenize(text, false);
  }

  /**
   * The text of token ids. Special tokens have none.
   *
   * @throws InferenceError `BAD_PARAMETER` or `DISPOSED`
   */
  detokenize(tokens: ArrayLike<number>): string {
    this.#generations.refuseIfClosed();
    return this.#parts.model.detokenize(this.#prompts.checkIds("tokens", tokens));
  }

  /** How busy it is. */
  get load(): ModelLoad {
    return {
      sequences: this.#parts.sequences,
      running: this.#scheduler.runningCount,
      waiting: this.#scheduler.waitingCount,
    };
  }

  /**
   * Frees the model's memory. What is asked for afterwards fails as `DISPOSED`. Calling it again changes nothing, but
   * that a `drain` that goes on too long can be cut short by a `dispose()` without it.
   *
   * @param options - `drain`: first let all that runs or waits come to its end, but for what waits for a session's
   *   sequence. By default it finishes as `aborted`.
   */
  dispose({ drain = false }: { readonly drain?: boolean | undefined } = {}): Promise<void> {
    this.#generations.close();
    if (!drain) this.#scheduler.abortAll();
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  /** For `await using model = await loadModel(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #dispose(): Promise<void> {
    await this.#embedder.dispose();
    await this.#scheduler.close();
    await this.#parts.context.dispose();
    await this.#parts.adapters.dispose();
    await this.#parts.model.dispose();
  }
}

/** How busy a model is. */
export interface ModelLoad {
  /** Generations that can run at once. */
  readonly sequences: number;
  /** Generations that run. */
  readonly running: number;
  /** Generations that wait. */
  readonly waiting: number;
}
