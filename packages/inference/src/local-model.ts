import {
  type ChatMessage,
  type ChatModel,
  type ChatOptions,
  createGenerationStream,
  type GenerateOptions,
  type GenerationController,
  type GenerationOutcome,
  type GenerationStream,
} from "@llama2-kit/protocol";
import type { LlamaContext, LlamaContextSequence, LlamaModel } from "node-llama-cpp";
import type { Adapters } from "./adapters.ts";
import { InferenceError } from "./error.ts";
import { follow } from "./follow.ts";
import { type Generation, generate } from "./generate.ts";
import { badParameter, readSignal } from "./parameters.ts";
import { type Prompt, PromptEncoder } from "./prompt-encoder.ts";
import { readSamplingParameters } from "./sampling.ts";
import { WaitingLine } from "./waiting-line.ts";

/** What {@link LocalModel} is made of. */
export interface LocalModelParts {
  readonly id: string;
  readonly path: string;
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  readonly contextSize: number;
  readonly chatFormat: "auto" | "llama2";
  /** Conversations at once. */
  readonly sequences: number;
  /** Generations that may wait. */
  readonly maxQueue: number;
  readonly adapters: Adapters;
  readonly warnings: readonly string[];
}

/**
 * A model that runs in this process. Generations take turns: one that is asked for while another runs waits.
 * Get one from {@link loadModel}.
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
  readonly #sequence: LlamaContextSequence;
  readonly #prompts: PromptEncoder;
  readonly #line = new WaitingLine();
  /** What ends the generations that run or wait, each by itself. */
  readonly #endings = new Set<AbortController>();
  #disposal: Promise<void> | undefined;

  /** @internal */
  constructor(parts: LocalModelParts) {
    this.id = parts.id;
    this.path = parts.path;
    this.contextSize = parts.contextSize;
    this.warnings = parts.warnings;
    this.#parts = parts;
    this.#sequence = parts.context.getSequence();
    this.#prompts = new PromptEncoder(parts);
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
    return this.#stream(options, ["continueFinalMessage"], () =>
      this.#prompts.chat(messages, options.continueFinalMessage ?? false),
    );
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
    return this.#stream(options, [], () => this.#prompts.raw(prompt));
  }

  /**
   * The token ids of a text, without BOS or EOS. Special tokens such as `</s>` are text in it.
   *
   * @throws InferenceError `BAD_PARAMETER` or `DISPOSED`
   */
  tokenize(text: string): number[] {
    this.#refuseIfDisposed();
    if (typeof text !== "string") throw badParameter("text", text, "a string");
    return this.#parts.model.tokenize(text, false);
  }

  /**
   * The text of token ids. Special tokens have none.
   *
   * @throws InferenceError `BAD_PARAMETER` or `DISPOSED`
   */
  detokenize(tokens: ArrayLike<number>): string {
    this.#refuseIfDisposed();
    return this.#parts.model.detokenize(this.#prompts.checkIds("tokens", tokens));
  }

  /**
   * Frees the model's memory. What is being generated finishes as `aborted`; what is asked for afterwards fails
   * as `DISPOSED`. Calling it twice is fine.
   */
  dispose(): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  /** For `await using model = await loadModel(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #dispose(): Promise<void> {
    for (const ending of this.#endings) ending.abort();
    await this.#line.idle();
    await this.#parts.context.dispose();
    await this.#parts.adapters.dispose();
    await this.#parts.model.dispose();
  }

  #stream(
    options: GenerateOptions,
    otherOptions: readonly string[],
    makePrompt: () => Prompt,
  ): GenerationStream {
    const startedAt = performance.now();
    return createGenerationStream(async (controller) => {
      this.#refuseIfDisposed();
      const parameters = readSamplingParameters(options, otherOptions);
      const { ids, textKind } = makePrompt();
      this.#refuseOverflow(ids.length);
      return this.#takeTurn({ prompt: ids, parameters, textKind, startedAt }, controller);
    }, readSignal(options));
  }

  async #takeTurn(
    generation: Generation,
    controller: GenerationController,
  ): Promise<GenerationOutcome> {
    const ending = new AbortController();
    const letGo = follow(ending, controller.signal);
    this.#endings.add(ending);
    const leave = await this.#line.enter(ending.signal);
    try {
      if (!leave) return abortedBeforeStart(generation);
      const slot = {
        sequence: this.#sequence,
        contextSize: this.contextSize,
        prefillChunk: this.#parts.context.batchSize,
      };
      return await generate(slot, generation, { ...controller, signal: ending.signal });
    } finally {
      letGo();
      this.#endings.delete(ending);
      leave?.();
    }
  }

  #refuseOverflow(promptTokens: number): void {
    if (promptTokens === 0) throw badParameter("prompt", "", "at least one token long");
    if (promptTokens < this.contextSize) return;
    throw new InferenceError(
      "CONTEXT_OVERFLOW",
      `The prompt has ${promptTokens} tokens, and the context of ${this.id} holds ${this.contextSize}, ` +
        "of which one is needed to answer. Shorten the conversation or drop its oldest turns.",
    );
  }

  #refuseIfDisposed(): void {
    if (this.#disposal === undefined) return;
    throw new InferenceError("DISPOSED", `${this.id} was disposed of. Load it again to use it.`);
  }
}

function abortedBeforeStart({ prompt, parameters, startedAt }: Generation): GenerationOutcome {
  return {
    finishReason: "aborted",
    tokens: [],
    usage: { promptTokens: prompt.length, cachedTokens: 0, completionTokens: 0 },
    timings: { totalMs: performance.now() - startedAt },
    seed: parameters.seed,
  };
}
