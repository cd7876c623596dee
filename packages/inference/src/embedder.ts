import type { Embeddings, EmbedOptions } from "@llama2-kit/protocol";
import type { LlamaEmbeddingContext, LlamaModel, Token } from "node-llama-cpp";
import { InferenceError } from "./error.ts";
import { badParameter, readSignal, refuseUnknownOptions } from "./parameters.ts";

/** How an {@link Embedder} works. */
export interface EmbedderOptions {
  /** Names the model in messages. */
  readonly id: string;
  /** Tokens that a text may have, BOS included. */
  readonly contextSize: number;
  readonly threads: number;
  /** Tokens that are evaluated at once. */
  readonly batchSize: number;
  /** Does something while nothing else computes with the model: two contexts at once crash some GPUs' drivers. */
  readonly exclusively?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Makes vectors of texts. */
export interface Embedder {
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Embeddings>;
  /** Waits for the text that is being embedded; `embed` then fails as `DISPOSED`. To be called before the model's. */
  dispose(): Promise<void>;
}

/** Ways to make one vector of a text's: `LLAMA_POOLING_TYPE_…`. */
const POOLING = { none: 0, last: 3, rank: 4 } as const;

/**
 * Returns what makes vectors of texts with a model, in a context of its own that is made when it is first needed.
 *
 * A vector is the model's last hidden state at the last token of a text, which alone has read all of it, unless the
 * model's file has another `pooling_type`; a Llama 2 has none. Vectors have the length 1, so that the product of two
 * is their cosine. Texts are embedded one after the other, each by itself: node-llama-cpp hands out one vector a
 * batch. So the same text gives the same vector whatever is asked for with it.
 */
export function createEmbedder(model: LlamaModel, options: EmbedderOptions): Embedder {
  return new TextEmbedder(model, options);
}

class TextEmbedder implements Embedder {
  readonly #model: LlamaModel;
  readonly #options: EmbedderOptions;
  #context: Promise<LlamaEmbeddingContext> | undefined;
  /** The last of the texts that are in line. */
  #last: Promise<unknown> = Promise.resolve();
  #isDisposed = false;

  constructor(model: LlamaModel, options: EmbedderOptions) {
    this.#model = model;
    this.#options = options;
  }

  async embed(texts: readonly string[], options: EmbedOptions = {}): Promise<Embeddings> {
    this.#refuseIfDisposed();
    checkArguments(texts, options);
    options.signal?.throwIfAborted();
    const prompts = texts.map((text, index) => this.#encode(text, index));
    const vectors: number[][] = [];
    for (const prompt of prompts) vectors.push(await this.#inTurn(prompt, options.signal));
    return { vectors, promptTokens: prompts.reduce((sum, { length }) => sum + length, 0) };
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#last;
    const context = await this.#context?.catch(() => undefined);
    await context?.dispose();
  }

  #encode(text: string, index: number): Token[] {
    const { bos, shouldPrependBosToken } = this.#model.tokens;
    const start = bos !== null && shouldPrependBosToken ? [bos] : [];
    const ids = [...start, ...this.#model.tokenize(text, false)];
    const { id, contextSize } = this.#options;
    // One place stays free, which node-llama-cpp asks for.
    if (ids.length < contextSize) return ids;
    throw new InferenceError(
      "CONTEXT_OVERFLOW",
      `texts[${index}] has ${ids.length} tokens, and ${id} embeds at most ${contextSize - 1}. ` +
        "Split it into parts, and embed each.",
    );
  }

  /** Embeds when those before have been, so that calls do not mix. */
  #inTurn(prompt: Token[], signal: AbortSignal | undefined): Promise<number[]> {
    const turn = this.#last.then(async () => {
      signal?.throwIfAborted();
      this.#refuseIfDisposed();
      const { exclusively = (work) => work() } = this.#options;
      return exclusively(() => this.#embedOne(prompt));
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  async #embedOne(prompt: Token[]): Promise<number[]> {
    this.#context ??= this.#createContext();
    // Where it failed for lack of memory, the next call may have more luck.
    this.#context.catch(() => {
      this.#context = undefined;
    });
    const context = await this.#context;
    const { vector } = await context.getEmbeddingFor(prompt).catch((cause) => {
      throw failed(this.#options.id, cause);
    });
    return normalize(vector, this.#options.id);
  }

  async #createContext(): Promise<LlamaEmbeddingContext> {
    const { id, contextSize, threads, batchSize } = this.#options;
    const pooling = poolingOf(this.#model);
    const { hasEncoder, hasDecoder } = this.#model.fileInsights;
    if (pooling === POOLING.rank || (hasEncoder && hasDecoder)) {
      const what = pooling === POOLING.rank ? "ranks texts" : "has an encoder and a decoder";
      const message = `${id} gives no embeddings: it ${what}. Use another model for them.`;
      throw new InferenceError("EMBEDDINGS_UNSUPPORTED", message);
    }
    // Other pooling than of the last token needs the whole text in one batch.
    const isLast = pooling === POOLING.none || pooling === POOLING.last;
    const size = isLast ? batchSize : contextSize;
    try {
      return await this.#model.createEmbeddingContext({ contextSize, threads, batchSize: size });
    } catch (cause) {
      const { InsufficientMemoryError } = await import("node-llama-cpp");
      if (!(cause instanceof InsufficientMemoryError)) throw failed(id, cause);
      const message = `There is no memory left to embed texts of ${contextSize} tokens with ${id}.`;
      throw new InferenceError("OUT_OF_MEMORY", `${message} Use a smaller contextSize.`, { cause });
    }
  }

  #refuseIfDisposed(): void {
    if (!this.#isDisposed) return;
    const { id } = this.#options;
    throw new InferenceError("DISPOSED", `${id} was disposed of. Load it again to use it.`);
  }
}

function checkArguments(texts: unknown, options: EmbedOptions): void {
  const wrong = Array.isArray(texts) ? texts.findIndex((text) => typeof text !== "string") : -1;
  if (!Array.isArray(texts)) throw badParameter("texts", texts, "an array of strings");
  if (wrong !== -1) throw badParameter(`texts[${wrong}]`, texts[wrong], "a string");
  refuseUnknownOptions(options, ["signal"]);
  if (options.signal !== undefined && !readSignal(options)) {
    throw badParameter("signal", options.signal, "an AbortSignal");
  }
}

function poolingOf({ fileInfo }: LlamaModel): number {
  const sizes = fileInfo.architectureMetadata as { readonly pooling_type?: unknown };
  return typeof sizes.pooling_type === "number" ? sizes.pooling_type : POOLING.none;
}

function normalize(vector: readonly number[], id: string): number[] {
  const length = Math.hypot(...vector);
  if (length > 0 && Number.isFinite(length)) return vector.map((value) => value / length);
  throw failed(id, new Error("the vector has no length, or not a finite one"));
}

function failed(id: string, cause: unknown): InferenceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `llama.cpp failed to embed with ${id}: ${reason}`;
  return new InferenceError("GENERATION_FAILED", message, { cause });
}
